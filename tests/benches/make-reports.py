#!/usr/bin/env python3
"""Writes a large report to stdout, the same bytes for the same arguments.

Usage: tests/benches/make-reports.py lcov|cobertura|trivy|dependency-check|junit MEGABYTES
"""

import json
import sys

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon".split()


def lcov(number):
    """A file of 400 lines with 40 functions and 160 branches, as nyc writes it."""
    rows = ["TN:", f"SF:src/{WORDS[number % 20]}/module{number}.ts"]
    for one in range(40):
        rows += [f"FN:{one * 10 + 1},{WORDS[one % 20]}{one}", f"FNDA:{(one + number) % 4},{WORDS[one % 20]}{one}"]
    rows += ["FNF:40", f"FNH:{sum((one + number) % 4 > 0 for one in range(40))}"]
    rows += [f"DA:{line},{(line * 7 + number) % 5}" for line in range(1, 401)]
    rows += ["LF:400", f"LH:{sum((line * 7 + number) % 5 > 0 for line in range(1, 401))}"]
    for branch in range(80):
        rows += [f"BRDA:{branch * 5 + 1},{branch},0,{(branch + number) % 3}", f"BRDA:{branch * 5 + 1},{branch},1,0"]
    rows += ["BRF:160", f"BRH:{sum((branch + number) % 3 > 0 for branch in range(80))}", "end_of_record", ""]
    return "\n".join(rows)


def cobertura(number):
    """A class of 400 lines, one in four with a condition, as coverage.py writes it."""
    name = f"{WORDS[number % 20]}/module{number}.py"
    rows = [f'    <class name="module{number}.py" filename="{name}" complexity="0" line-rate="0.8" branch-rate="0.5">']
    rows += ["     <methods/>", "     <lines>"]
    for line in range(1, 401):
        hits = int((line * 7 + number) % 5 > 0)
        if line % 4:
            rows.append(f'      <line number="{line}" hits="{hits}"/>')
        else:
            rows.append(f'      <line number="{line}" hits="{hits}" branch="true" condition-coverage="50% (1/2)" missing-branches="{line + 2}"/>')
    rows += ["     </lines>", "    </class>", ""]
    return "\n".join(rows)


def trivy(number):
    """A package's weakness with everything that Trivy writes beside it."""
    package = f"{WORDS[number % 20]}-{number // 7}"
    severity = ["LOW", "MEDIUM", "HIGH", "CRITICAL"][number % 4]
    return json.dumps({
        "VulnerabilityID": f"CVE-2099-{number}",
        "PkgID": f"{package}@1.{number % 10}.0",
        "PkgName": package,
        "PkgIdentifier": {"PURL": f"pkg:npm/{package}@1.{number % 10}.0", "UID": f"{number:016x}"},
        "InstalledVersion": f"1.{number % 10}.0",
        "FixedVersion": f"1.{number % 10}.1, 2.0.0",
        "Status": "fixed",
        "Layer": {},
        "SeveritySource": "ghsa",
        "PrimaryURL": f"https://avd.example.com/nvd/cve-2099-{number}",
        "DataSource": {"ID": "ghsa", "Name": "GitHub Security Advisory npm", "URL": "https://example.com/advisories"},
        "Title": f"{package}: {' '.join(WORDS)}",
        "Description": " ".join(WORDS * 8),
        "Severity": severity,
        "CweIDs": ["CWE-79", "CWE-400"],
        "VendorSeverity": {"ghsa": 3, "nvd": 3, "redhat": 2},
        "CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "V3Score": 7.5}},
        "References": [f"https://example.com/{word}/{number}" for word in WORDS[:12]],
        "PublishedDate": "2099-01-01T00:00:00Z",
        "LastModifiedDate": "2099-01-02T00:00:00Z",
    }, indent=2)


def dependency_check(number):
    """A dependency with the evidence that Dependency-Check collects of it; one in eight has a weakness."""
    name = f"{WORDS[number % 20]}-{number}"
    rows = [f"    <dependency isVirtual=\"false\"><fileName>{name}-1.{number % 10}.0.jar</fileName><filePath>/ci/lib/{name}.jar</filePath>"]
    rows.append(f"      <md5>{number:032x}</md5><sha1>{number:040x}</sha1><sha256>{number:064x}</sha256><evidenceCollected>")
    for one in range(12):
        rows.append(f'        <evidence type="vendor" confidence="HIGH"><source>jar</source><name>{WORDS[one]}</name><value>{name}</value></evidence>')
    rows.append("      </evidenceCollected><identifiers>")
    rows.append(f'        <package confidence="HIGH"><id>pkg:maven/org.example/{name}@1.{number % 10}.0</id><url>https://example.com/{name}</url></package>')
    rows.append("      </identifiers>")
    if number % 8 == 0:
        rows.append(f'      <vulnerabilities><vulnerability source="NVD"><name>CVE-2099-{number}</name><severity>HIGH</severity>')
        rows.append(f"        <cvssV3><baseScore>7.5</baseScore></cvssV3><description>{' '.join(WORDS * 8)}</description><references>")
        rows += [f"          <reference><source>NVD</source><url>https://example.com/{word}/{number}</url></reference>" for word in WORDS]
        rows.append("        </references><vulnerableSoftware>")
        rows += [f"          <software>cpe:2.3:a:example:{name}:1.{one}.0:*:*:*:*:*:*:*</software>" for one in range(20)]
        rows.append("        </vulnerableSoftware></vulnerability></vulnerabilities>")
    rows += ["    </dependency>", ""]
    return "\n".join(rows)


def junit(number):
    """A suite of 50 tests, some failed or skipped, with what they printed."""
    failures = int(number % 10 == 0)
    rows = [
        f'  <testsuite name="{WORDS[number % 20]}.test{number}" tests="50" failures="{failures}" errors="0" skipped="1" time="1.5">'
    ]
    for one in range(50):
        head = f'    <testcase classname="{WORDS[number % 20]}.test{number}" name="{WORDS[one % 20]} does {one}" time="0.03"'
        if one == 7 and failures:
            rows.append(f'{head}><failure message="expected {one}">{" at line".join(WORDS)}</failure></testcase>')
        elif one == 9:
            rows.append(f"{head}><skipped/></testcase>")
        else:
            rows.append(f"{head}/>")
    rows += [f"    <system-out><![CDATA[{' '.join(WORDS * 20)}]]></system-out>", "  </testsuite>", ""]
    return "\n".join(rows)


FRAMES = {
    "lcov": (lcov, "", "", ""),
    "cobertura": (
        cobertura,
        '<?xml version="1.0" ?>\n<coverage version="7.0" timestamp="1">\n <sources><source>src</source></sources>\n'
        ' <packages><package name="." line-rate="0.8" branch-rate="0.5" complexity="0"><classes>\n',
        "",
        " </classes></package></packages>\n</coverage>\n",
    ),
    "trivy": (
        trivy,
        '{"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [{"Target": "package-lock.json",'
        ' "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": [\n',
        ",\n",
        "]}]}\n",
    ),
    "dependency-check": (
        dependency_check,
        '<?xml version="1.0" encoding="UTF-8"?>\n<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.4.0.xsd">\n'
        "  <scanInfo><engineVersion>12.1.0</engineVersion></scanInfo><dependencies>\n",
        "",
        "  </dependencies></analysis>\n",
    ),
    "junit": (junit, '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n', "", "</testsuites>\n"),
}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in FRAMES or not sys.argv[2].isdigit():
        sys.exit(__doc__.strip())
    part, start, between, end = FRAMES[sys.argv[1]]
    left = int(sys.argv[2]) * 1_000_000 - len(start) - len(end)
    sys.stdout.write(start)
    number = 0
    while left > 0:
        text = (between if number else "") + part(number)
        sys.stdout.write(text)
        left -= len(text)
        number += 1
    sys.stdout.write(end)


main()
