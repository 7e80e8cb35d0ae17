//! The names of data types as `DESCRIBE TABLE` spells them, read back.

use crate::types::DataType;

impl DataType {
    /// The type of that spelling: `NUMBER(38,0)`, `VARCHAR(10)`, `TIMESTAMP_TZ(9)`, in any case.
    ///
    /// What `Display` writes is read back as it was. Anything that this version does not know, structured
    /// types among them, becomes [`DataType::Other`].
    ///
    /// ```
    /// use snowflake_proto::DataType;
    ///
    /// assert_eq!(DataType::from_sql("NUMBER(10,2)"), DataType::Number { precision: 10, scale: 2 });
    /// assert_eq!(DataType::from_sql("GEOGRAPHY"), DataType::Other("GEOGRAPHY".to_owned()));
    /// ```
    #[must_use]
    pub fn from_sql(text: &str) -> Self {
        let upper = text.trim().to_ascii_uppercase();
        let (name, arguments) = match upper.split_once('(') {
            Some((name, rest)) => (name.trim(), rest.trim_end_matches(')')),
            None => (upper.as_str(), ""),
        };
        let mut numbers = arguments.split(',').map(|argument| argument.trim().parse::<u64>().ok());
        let (first, second) = (numbers.next().flatten(), numbers.next().flatten());
        let scale = || first.and_then(|scale| u8::try_from(scale).ok()).unwrap_or(9);
        match name {
            "NUMBER" | "DECIMAL" | "NUMERIC" => Self::Number {
                precision: first.and_then(|digits| u8::try_from(digits).ok()).unwrap_or(38),
                scale: second.and_then(|digits| u8::try_from(digits).ok()).unwrap_or(0),
            },
            "FLOAT" | "DOUBLE" | "REAL" => Self::Float,
            "VARCHAR" | "TEXT" | "STRING" => Self::Text { length: first.unwrap_or(16_777_216) },
            "BOOLEAN" => Self::Boolean,
            "DATE" => Self::Date,
            "TIME" => Self::Time { scale: scale() },
            "TIMESTAMP_NTZ" => Self::TimestampNtz { scale: scale() },
            "TIMESTAMP_LTZ" => Self::TimestampLtz { scale: scale() },
            "TIMESTAMP_TZ" => Self::TimestampTz { scale: scale() },
            "BINARY" => Self::Binary { length: first.unwrap_or(8_388_608) },
            "VARIANT" => Self::Variant,
            "OBJECT" if arguments.is_empty() => Self::Object,
            "ARRAY" if arguments.is_empty() => Self::Array,
            _ => Self::Other(upper),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DataType;

    #[test]
    fn every_type_is_read_back_from_its_name() {
        let types = [
            DataType::Number { precision: 38, scale: 0 },
            DataType::Number { precision: 10, scale: 2 },
            DataType::Float,
            DataType::Text { length: 16_777_216 },
            DataType::Text { length: 1 },
            DataType::Boolean,
            DataType::Date,
            DataType::Time { scale: 9 },
            DataType::TimestampNtz { scale: 0 },
            DataType::TimestampLtz { scale: 3 },
            DataType::TimestampTz { scale: 9 },
            DataType::Binary { length: 8_388_608 },
            DataType::Variant,
            DataType::Object,
            DataType::Array,
            DataType::Other("VECTOR(FLOAT, 3)".to_owned()),
            DataType::Other("OBJECT(A NUMBER)".to_owned()),
        ];
        for data_type in types {
            assert_eq!(DataType::from_sql(&data_type.to_string()), data_type);
            assert_eq!(DataType::from_sql(&data_type.to_string().to_lowercase()), data_type);
        }
    }

    #[test]
    fn nonsense_is_some_other_type() {
        for text in ["", "(", ")", "VARCHAR2(5)", "NUMBERS", "\u{e4}(1"] {
            assert_eq!(DataType::from_sql(text), DataType::Other(text.to_ascii_uppercase()), "{text:?}");
        }
        let odd = DataType::from_sql("NUMBER(999999999999999999999,x");
        assert_eq!(odd, DataType::Number { precision: 38, scale: 0 });
    }
}
