//! Which result format a client gets.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::encode::Format;

type Parameters = BTreeMap<String, Value>;

/// Clients and the parameter that chooses their format.
const PARAMETERS: [(&str, &str); 5] = [
    ("PythonConnector", "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT"),
    ("Go", "GO_QUERY_RESULT_FORMAT"),
    ("JDBC", "JDBC_QUERY_RESULT_FORMAT"),
    ("ODBC", "ODBC_QUERY_RESULT_FORMAT"),
    ("DOTNET", "DOTNET_QUERY_RESULT_FORMAT"),
];

/// Chooses the format of rows: the statement's own parameters count before the session's.
///
/// Node cannot read Arrow and always gets JSON. A client that is not in the table obeys whichever of the
/// parameters it names in a statement or at login, and gets Arrow when it names none.
pub(crate) fn choose(app: &str, statement: &Parameters, session: &Parameters, login: &Parameters) -> Format {
    if app == "JavaScript" {
        return Format::Json;
    }
    let own = PARAMETERS.iter().find(|(name, _)| *name == app).map(|(_, parameter)| *parameter);
    let asked = match own {
        Some(parameter) => value(statement, &[parameter]).or_else(|| value(session, &[parameter])),
        None => {
            let any = PARAMETERS.map(|(_, parameter)| parameter);
            value(statement, &any).or_else(|| value(login, &any))
        }
    };
    match asked {
        Some(format) if format.eq_ignore_ascii_case("JSON") => Format::Json,
        _ => Format::Arrow,
    }
}

fn value<'a>(parameters: &'a Parameters, names: &[&str]) -> Option<&'a str> {
    let is_one = |name: &str| names.iter().any(|one| name.eq_ignore_ascii_case(one));
    parameters.iter().find(|(name, _)| is_one(name)).and_then(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{Parameters, choose};
    use crate::encode::Format;

    fn parameters(name: &str, format: &str) -> Parameters {
        BTreeMap::from([(name.to_owned(), json!(format))])
    }

    #[test]
    fn a_statement_parameter_counts_before_the_session() {
        let none = Parameters::new();
        let session = parameters("PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", "ARROW");
        let statement = parameters("python_connector_query_result_format", "json");
        assert_eq!(choose("PythonConnector", &statement, &session, &none), Format::Json);
        assert_eq!(choose("PythonConnector", &none, &session, &none), Format::Arrow);
        assert_eq!(choose("Go", &statement, &session, &none), Format::Arrow);
    }

    #[test]
    fn node_gets_json_and_unknown_clients_get_what_they_ask_for() {
        let none = Parameters::new();
        let json = parameters("GO_QUERY_RESULT_FORMAT", "JSON");
        assert_eq!(choose("JavaScript", &none, &none, &none), Format::Json);
        assert_eq!(choose("SomethingElse", &none, &json, &none), Format::Arrow);
        assert_eq!(choose("SomethingElse", &json, &none, &none), Format::Json);
    }
}
