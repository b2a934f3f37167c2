use super::*;

/// What is found in a Dockerfile: `line rule [id]`.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let area = collect(&Repo::in_memory(files));
    let items = area.facts.expect("Dockerfiles").items;
    let told = items.iter().flat_map(|file| &file.findings).map(|one| {
        assert!(!one.next_step.is_empty(), "{} has no next step", one.rule);
        let id = one.hadolint.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
        format!("{} {}{id}", one.line, one.rule)
    });
    told.filter(|one| !one.ends_with("digest-base")).collect()
}

const IGNORE: &str = ".git\n.env\nnode_modules\n.venv\n";

fn of(text: &str) -> Vec<String> {
    findings(&[("Dockerfile", text), (".dockerignore", IGNORE)])
}

/// The same behind two good stages, so that only what `text` says is found.
fn only(text: &str) -> Vec<String> {
    let head = "FROM a:1 AS b\nFROM a:1\nUSER app\nHEALTHCHECK CMD x\n";
    of(&format!("{head}{text}"))
}

#[test]
fn a_good_dockerfile_has_no_findings() {
    let text = "# syntax=docker/dockerfile:1\nARG V=20\nFROM --platform=$BUILDPLATFORM node:${V}-slim AS build\nWORKDIR /app\n\
        COPY --link package.json package-lock.json ./\nRUN --mount=type=cache,target=/root/.npm npm ci\nCOPY . .\nRUN npm run build\n\
        FROM node:${V}-slim\nRUN <<EOF\napt-get update\napt-get install -y --no-install-recommends tini\nrm -rf /var/lib/apt/lists/*\nEOF\n\
        COPY --from=build --chown=1000 /app /app\nCOPY <<EOF /etc/motd\ncurl x | sh\nsudo y\nEOF\nUSER 1000:1000\nHEALTHCHECK CMD [\"x\"]\n\
        ENTRYPOINT [\"tini\", \"--\"]\nCMD [\"node\", \"x.js\"]\n";
    assert_eq!(
        Vec::<String>::new(),
        findings(&[("Dockerfile", text), (".dockerignore", IGNORE), ("package.json", "{}")])
    );
}

#[test]
fn dockerfiles_have_more_names_and_templates_are_none() {
    let text = "FROM a:1\nUSER app\n";
    let files =
        [("docker/Dockerfile-worker", text), ("docker/Dockerfile.j2", "{% if x %}"), ("Dockerfile.md", "# x\n")];
    let area = collect(&Repo::in_memory(&files));
    let paths: Vec<String> = area.facts.expect("Dockerfiles").items.into_iter().map(|file| file.path).collect();
    assert_eq!((vec!["docker/Dockerfile-worker".to_owned()], 0), (paths, area.evidence.problems.len()));
}

#[test]
fn what_a_build_wants_to_see_is_no_secret_and_what_is_shipped_is_one() {
    let env = "ENV API_TOKEN=test SMTP_PASSWORD=build-secret\n";
    let text = format!("FROM a:1 AS b\n{env}FROM a:1\nUSER app\nHEALTHCHECK CMD x\n");
    assert_eq!(Vec::<String>::new(), of(&text));
    assert_eq!(vec!["5 no-secrets", "5 no-secrets"], only(env));
    let real = "FROM a:1 AS b\nENV API_TOKEN=k3Jd8fJQ2mZx91LqPw\nFROM a:1\nUSER app\nHEALTHCHECK CMD x\n";
    assert_eq!(vec!["2 no-secrets"], of(real));
}

#[test]
fn what_go_depends_on_is_fetched_as_it_builds_unless_it_is_there() {
    let text = "FROM a:1 AS b\nCOPY . .\nRUN go build ./cmd\nFROM a:1\nUSER app\nHEALTHCHECK CMD x\n";
    assert_eq!(vec!["2 lockfile-first"], of(text));
    let vendored = [("Dockerfile", text), (".dockerignore", IGNORE), ("vendor/modules.txt", "# x\n")];
    assert_eq!(Vec::<String>::new(), findings(&vendored));
}

#[test]
fn each_demand_is_found_at_its_line_with_hadolints_id() {
    for (text, expected) in [
        ("RUN sudo apt-get clean", vec!["5 no-sudo DL3004"]),
        ("RUN curl -L x | sh", vec!["5 no-curl-pipe-shell"]),
        ("CMD node x.js", vec!["5 exec-form DL3025"]),
        ("CMD node x.js\nCMD [\"node\"]", vec![]),
        ("CMD exec node x.js", vec![]),
        ("ADD https://x.io/a.tgz /a", vec!["5 no-add-url"]),
        ("ADD --checksum=sha256:aa https://x.io/a.tgz /a", vec![]),
        ("RUN apt-get update && apt-get install -y x", vec!["5 no-recommends DL3015", "5 package-cache DL3009"]),
        ("RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get install --no-install-recommends x", vec![]),
        (
            "RUN --mount=type=cache,target=/var/cache/apt apt-get install --no-install-recommends x",
            vec!["5 package-cache DL3009"],
        ),
        (
            "RUN apt-get install --no-install-recommends x && apt-get install y && rm -rf /var/lib/apt/lists/*",
            vec!["5 no-recommends DL3015"],
        ),
        ("RUN apt-get -o APT::Install-Recommends=0 install y && rm -rf /var/lib/apt/lists/*", vec![]),
        ("RUN apk add x", vec!["5 package-cache DL3019"]),
        ("RUN apk add --no-cache sudo curl", vec![]),
        ("RUN dnf install -y x && dnf clean all", vec![]),
        ("RUN microdnf install x", vec!["5 package-cache DL3040"]),
        ("RUN python3 -m pip install x", vec!["5 package-cache DL3042"]),
        ("ENV PIP_NO_CACHE_DIR=1\nRUN pip3 install x", vec![]),
        ("RUN npm ci && npm cache clean --force", vec![]),
        ("COPY . .\nRUN npm ci && npm cache clean --force", vec!["5 lockfile-first"]),
        ("COPY . .\nRUN cargo build --release", vec!["5 lockfile-first"]),
        ("COPY . .\nRUN --mount=type=cache,target=/root/.cargo cargo build --release", vec![]),
        ("COPY . .\nRUN cargo chef prepare --recipe-path recipe.json", vec![]),
        ("COPY Cargo.toml Cargo.lock ./\nRUN cargo chef cook\nCOPY . .\nRUN cargo build --release", vec![]),
        ("COPY . .\nRUN chmod +x mvnw && ./mvnw -B clean package -DskipTests", vec!["5 lockfile-first"]),
        ("COPY pom.xml ./\nRUN mvn -B dependency:go-offline\nCOPY . .\nRUN mvn -B package", vec![]),
        ("COPY . .\nRUN gradle build --no-daemon", vec!["5 lockfile-first"]),
        (
            "COPY package*.json ./\nRUN npm ci && npm cache clean --force\nCOPY . .\nRUN npm ci && npm cache clean -f",
            vec![],
        ),
        ("ENV DB_PASSWORD=hunter22", vec!["5 no-secrets"]),
        ("ARG NPM_TOKEN", vec!["5 no-secrets"]),
        ("ARG API_KEY=placeholder\nARG TOKEN_TTL=3", vec![]),
        ("COPY .env .env.example ./", vec!["5 no-secrets"]),
        ("COPY --from=b /app/.env /app/", vec!["5 no-secrets"]),
        ("RUN git clone https://jo:hunter2z@git.acme.io/x", vec!["5 no-secrets"]),
        ("COPY --from=x/y /a /a", vec!["5 pinned-base DL3006"]),
        ("COPY --from=b /a /a", vec![]),
        ("ADD https://x.io/a.git#0123456789012345678901234567890123456789 /a", vec![]),
    ] {
        assert_eq!(expected, only(text), "{text}");
    }
}

#[test]
fn stages_that_are_not_shipped_may_leave_caches() {
    let text = "FROM a:1 AS b\nRUN apk add gcc\nFROM a:1\nCOPY --from=b /x /x\nUSER app\nHEALTHCHECK CMD x\n";
    assert_eq!(Vec::<String>::new(), of(text));
    let inherited = text.replace("FROM a:1\nCOPY", "FROM b\nCOPY");
    assert_eq!(vec!["2 package-cache DL3019"], of(&inherited));
}

#[test]
fn bases_users_and_health_checks_are_told() {
    let text = "ARG T\nFROM a:$T AS x\nFROM b AS y\nFROM c:latest\nUSER 0\nHEALTHCHECK NONE\n";
    let expected =
        ["2 pinned-base", "3 pinned-base DL3006", "4 pinned-base DL3007", "5 non-root DL3002", "6 healthcheck"];
    assert_eq!(expected.to_vec(), of(text));
    assert_eq!(vec!["1 healthcheck DL3057", "1 multi-stage", "1 non-root"], of("FROM a:1\n"));
}

#[test]
fn an_inline_ignore_counts_with_its_reason_alone() {
    assert_eq!(vec!["6 package-cache DL3019"], only("# hadolint ignore=DL3019\nRUN apk add x"));
    let text = "FROM a:1\n# hadolint ignore=DL3019 the index is needed at run time\nRUN apk add x\n";
    let area = collect(&Repo::in_memory(&[("Dockerfile", text)]));
    let file = &area.facts.expect("Dockerfiles").items[0];
    assert!(file.findings.iter().all(|one| one.rule != "package-cache"));
    assert_eq!("the index is needed at run time", file.ignored[0].reason);
}

#[test]
fn the_ignore_file_of_the_context_counts() {
    let bare = "FROM a:1 AS b\nFROM a:1\nUSER app\nHEALTHCHECK CMD x\n";
    assert_eq!(Vec::<String>::new(), findings(&[("Dockerfile", bare)]), "nothing of the context is taken");
    let dockerfile = &format!("{bare}COPY src /src\n");
    let missing = ("package.json", "{}");
    assert_eq!(vec!["5 dockerignore"], findings(&[("Dockerfile", dockerfile)]));
    assert_eq!(
        vec!["5 dockerignore"],
        findings(&[("Dockerfile", dockerfile), (".dockerignore", ".git\n.env*\n"), missing])
    );
    let own = [("api/Dockerfile", dockerfile.as_str()), ("api/.dockerignore", "*\n!src\n"), (".dockerignore", "")];
    assert_eq!(Vec::<String>::new(), findings(&own));
    let composed =
        [own.as_slice(), &[("compose.yml", "services: {a: {build: {context: ., dockerfile: api/Dockerfile}}}")]]
            .concat();
    assert_eq!(vec!["5 dockerignore", "5 dockerignore"], findings(&composed));
}
