"""The files in docs/deploy fit together, and say what the programs understand."""

import json
import re
import subprocess
import tomllib

import yaml

from monitoring import DASHBOARD, ROOT, RULES, panels

DEPLOY = ROOT / "docs/deploy"


def catalogue(name):
    return tomllib.loads((ROOT / "fixtures/catalog" / f"{name}.toml").read_text())


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document is not None]


def deployment_parses():
    files = [path for path in DEPLOY.rglob("*") if path.suffix in (".yml", ".yaml")]
    assert len(files) >= 9, files
    for path in files:
        assert documents(path), f"{path} is empty"
    json.loads(DASHBOARD.read_text())


def promtool_accepts_the_rules():
    subprocess.run(["promtool", "check", "rules", RULES], check=True, stdout=subprocess.DEVNULL)


def every_panel_asks_something():
    for row, panel in panels():
        assert row and panel["title"] and panel["description"], panel
        assert panel["targets"] and all(target["expr"] for target in panel["targets"]), panel["title"]


def kubernetes_fits_together():
    folder = DEPLOY / "kubernetes"
    for name in documents(folder / "kustomization.yaml")[0]["resources"]:
        assert (folder / name).is_file(), name
    deployment = documents(folder / "deployment.yaml")[0]
    secret = documents(folder / "secret.yaml")[0]
    service = documents(folder / "service.yaml")[0]
    monitor = documents(folder / "podmonitor.yaml")[0]
    template = deployment["spec"]["template"]
    container = template["spec"]["containers"][0]
    labels = template["metadata"]["labels"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"], service["spec"]["selector"],
        monitor["spec"]["selector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items(), selector
    ports = {port["name"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] in ports, probe
    assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
    assert {endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]} <= ports
    known = {variable["env"] for variable in catalogue("config")["variable"]} | {"RUST_LOG", "SNOWFLAKE_OPS_CONFIG"}
    for variable in container["env"]:
        assert variable["name"] in known, variable["name"]
        reference = variable.get("valueFrom", {}).get("secretKeyRef")
        if reference:
            assert reference["name"] == secret["metadata"]["name"], reference
            assert reference["key"] in secret["stringData"], reference
    volumes = {volume["name"]: volume for volume in template["spec"]["volumes"]}
    options = documents(folder / "configmap.yaml")[0]
    assert volumes["options"]["configMap"]["name"] == options["metadata"]["name"]
    collectors = tomllib.loads(options["data"]["service.toml"])["collectors"]
    assert set(collectors) <= {collector["name"] for collector in catalogue("metrics")["collector"]}, collectors
    items = volumes["snowflake-key"]["secret"]["items"]
    assert {item["key"] for item in items} <= set(secret["stringData"])
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    files = {f"{mounts['snowflake-key']}/{item['path']}" for item in items}
    files |= {f"{mounts['options']}/{name}" for name in options["data"]}
    values = {variable["name"]: variable.get("value") for variable in container["env"]}
    for variable in ("SNOWFLAKE_PRIVATE_KEY_PATH", "SNOWFLAKE_OPS_CONFIG"):
        assert values[variable] in files, variable
    hardened = container["securityContext"]
    assert hardened["readOnlyRootFilesystem"] and hardened["allowPrivilegeEscalation"] is False
    assert template["spec"]["securityContext"]["runAsNonRoot"] and set(container["resources"]) == {"requests", "limits"}


def compose_fits_together():
    compose = documents(DEPLOY / "docker-compose.yml")[0]
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    targets = set(re.findall(r"^FROM \S+ AS (\S+)$", dockerfile, re.MULTILINE))
    known = {variable["env"] for variable in catalogue("config")["variable"]}
    for name, service in compose["services"].items():
        if "build" in service:
            assert service["build"]["target"] in targets, name
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file(), name
        for volume in service.get("volumes", []):
            assert (DEPLOY / volume.split(":")[0]).is_file(), volume
        for variable in service.get("environment", {}):
            assert variable in known or variable.startswith("GF_"), variable


def images_are_built_of_what_exists():
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    builds = re.findall(r"cargo build (.*?)&&", dockerfile.replace("\\\n", " "), re.DOTALL)
    assert len(builds) == 2, builds
    for build in builds:
        words = build.split()
        package, program, features = (words[words.index(flag) + 1] for flag in ("--package", "--bin", "--features"))
        manifest = tomllib.loads((ROOT / "crates" / package / "Cargo.toml").read_text())
        assert program in {target["name"] for target in manifest["bin"]}, program
        assert set(features.split(",")) <= set(manifest["features"]), features
    toolchain = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
    assert f"RUSTUP_TOOLCHAIN={toolchain}" in dockerfile, toolchain
    assert f"FROM rust:{toolchain.rpartition('.')[0]}-" in dockerfile, toolchain
    assert all("USER 65532" in stage for stage in dockerfile.split("FROM scratch")[1:])


CASES = [
    (case.__name__.replace("_", " "), case)
    for case in (
        deployment_parses, promtool_accepts_the_rules, every_panel_asks_something, kubernetes_fits_together,
        compose_fits_together, images_are_built_of_what_exists,
    )
]
