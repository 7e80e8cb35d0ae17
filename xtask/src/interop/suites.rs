//! Which suites there are, and what each of them needs.

use super::install::{Environment, Tool};

/// A script, what it runs in, and the programs of ours that it tests.
pub(super) struct Suite {
    pub(super) name: &'static str,
    pub(super) environment: &'static Environment,
    /// Packages that several environments share.
    pub(super) libraries: &'static [Tool],
    /// Servers by other hands that the script starts. It finds them in the folder that is its last argument.
    pub(super) emulators: &'static [Tool],
    pub(super) script: &'static str,
    /// Below the folder that cargo builds into.
    pub(super) programs: &'static [&'static str],
}

const SIMULATOR: &str = "debug/snowflake-sim";
const SQL: &str = "debug/examples/sql";
const LOAD: &str = "debug/examples/load";
const OPS: &str = "debug/snowflake-ops";

const FAKESNOW: Environment = Environment {
    name: "fakesnow",
    packages: &["fakesnow[server]==0.12.1", "snowflake-connector-python==4.7.5"],
};
const PYTHON_4: Environment =
    Environment { name: "python-4", packages: &["snowflake-connector-python==4.7.5"] };
const PYTHON_5: Environment =
    Environment { name: "python-5", packages: &["snowflake-connector-python==5.2.0"] };
const SQLALCHEMY: Environment = Environment {
    name: "sqlalchemy",
    packages: &["snowflake-sqlalchemy==2.1.0", "sqlalchemy==2.1.9", "snowflake-connector-python==5.2.0"],
};
/// The connector does the work that Prometheus sees; matplotlib draws what it saw.
const PROMETHEUS: Environment = Environment {
    name: "prometheus",
    packages: &["snowflake-connector-python==4.7.5", "PyYAML==6.0.3", "matplotlib==3.11.2"],
};
const ADBC: Environment =
    Environment { name: "adbc", packages: &["adbc-driver-snowflake==1.11.0", "adbc-driver-manager==1.13.0"] };

/// What `write_pandas` and ADBC need beside the driver. Version 4 brings botocore, which bears no newer dateutil.
const DATAFRAMES: Tool = Tool::Library {
    name: "dataframes",
    packages: &["pandas==2.3.3", "pyarrow==26.0.1", "python-dateutil==2.9.0.post0"],
};

/// S3, Azure and GCS.
const EMULATORS: &[Tool] = &[
    // The extra `server` would bring what all of moto's other services need too.
    Tool::Environment(Environment {
        name: "moto",
        packages: &["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"],
    }),
    Tool::Node { name: "azurite", packages: &["azurite@3.35.0"] },
    Tool::Environment(Environment { name: "gcs", packages: &["gcp-storage-emulator==2026.7.19"] }),
];

pub(super) const SUITES: &[Suite] = &[
    Suite {
        name: "fakesnow",
        environment: &FAKESNOW,
        libraries: &[],
        emulators: &[],
        script: "fakesnow_client.py",
        programs: &["debug/examples/interop"],
    },
    Suite {
        name: "python-4",
        environment: &PYTHON_4,
        libraries: &[],
        emulators: &[],
        script: "connector.py",
        programs: &[SIMULATOR],
    },
    Suite {
        name: "python-5",
        environment: &PYTHON_5,
        libraries: &[],
        emulators: &[],
        script: "connector.py",
        programs: &[SIMULATOR],
    },
    Suite {
        name: "loading-python-4",
        environment: &PYTHON_4,
        libraries: &[DATAFRAMES],
        emulators: &[],
        script: "loading.py",
        programs: &[SIMULATOR],
    },
    Suite {
        name: "loading-python-5",
        environment: &PYTHON_5,
        libraries: &[DATAFRAMES],
        emulators: &[],
        script: "loading.py",
        programs: &[SIMULATOR],
    },
    Suite {
        name: "storage-python-4",
        environment: &PYTHON_4,
        libraries: &[],
        emulators: EMULATORS,
        script: "storage.py",
        programs: &[SIMULATOR, SQL, LOAD],
    },
    Suite {
        name: "storage-python-5",
        environment: &PYTHON_5,
        libraries: &[],
        emulators: EMULATORS,
        script: "storage.py",
        programs: &[SIMULATOR, SQL, LOAD],
    },
    Suite {
        name: "adbc",
        environment: &ADBC,
        libraries: &[DATAFRAMES],
        emulators: &[],
        script: "adbc.py",
        programs: &[SIMULATOR],
    },
    Suite {
        name: "sqlalchemy",
        environment: &SQLALCHEMY,
        libraries: &[],
        emulators: &[],
        script: "sqlalchemy_orm.py",
        programs: &[SIMULATOR],
    },
    Suite {
        name: "prometheus",
        environment: &PROMETHEUS,
        libraries: &[],
        emulators: &[],
        script: "prometheus.py",
        programs: &[SIMULATOR, OPS],
    },
];

/// The named suites, or all of them.
pub(super) fn choose(names: &[&str]) -> Result<Vec<&'static Suite>, String> {
    if names.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    names
        .iter()
        .map(|name| {
            let known = || SUITES.iter().map(|suite| suite.name).collect::<Vec<_>>().join(", ");
            SUITES
                .iter()
                .find(|suite| suite.name == *name)
                .ok_or_else(|| format!("no suite {name}; there are {}", known()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_chosen_by_name() {
        assert_eq!(choose(&[]).unwrap().len(), SUITES.len());
        assert_eq!(choose(&["python-4"]).unwrap()[0].script, "connector.py");
        assert!(choose(&["python-9"]).err().unwrap().contains("fakesnow, python-4"));
    }

    #[test]
    fn every_script_exists() {
        for suite in SUITES {
            assert!(crate::root().join("xtask/interop").join(suite.script).is_file(), "{}", suite.script);
        }
    }

    #[test]
    fn every_package_has_its_version() {
        let tools = SUITES.iter().flat_map(|suite| suite.libraries.iter().chain(suite.emulators));
        let packages = SUITES.iter().flat_map(|suite| suite.environment.packages);
        for package in packages.chain(tools.flat_map(Tool::packages)) {
            assert!(package.contains("==") || package.contains('@'), "{package}");
        }
    }
}
