//! What a deployment descriptor (`web.xml`) says: its servlets, and the patterns of paths that each is mapped to.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::code::form::Name;

/// Where descriptors stand below a module's folder.
pub(super) const PLACES: &[&str] = &["src/main/webapp", "WebContent", "WebRoot", "src/webapp", "webapp", "web", "war"];
/// A descriptor within one of those.
pub(super) const FILE: &str = "WEB-INF/web.xml";
/// What servers read beside it, within one of those: where the whole is deployed, as `<context-root>` or, of the last, as its
/// `uri` (WildFly, GlassFish and Payara, WebLogic, Liberty).
pub(super) const DEPLOYED: &[&str] = &[
    "WEB-INF/jboss-web.xml",
    "WEB-INF/glassfish-web.xml",
    "WEB-INF/payara-web.xml",
    "WEB-INF/sun-web.xml",
    "WEB-INF/weblogic.xml",
    "WEB-INF/ibm-web-ext.xml",
];
/// Filters that answer like a servlet does: RESTEasy's.
const SERVING: &[&str] = &[
    "org.jboss.resteasy.plugins.server.servlet.FilterDispatcher",
    "org.jboss.resteasy.plugins.server.servlet.Filter30Dispatcher",
];
/// The parameter that says below which path such a filter looks for what it answers.
const PREFIX: &str = "resteasy.servlet.mapping.prefix";
/// The most mappings that are read of one descriptor.
const MOST: usize = 2_000;

/// A servlet that paths are mapped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Servlet {
    /// Its name in the descriptor.
    pub(crate) name: String,
    /// Its class; empty where none is named.
    pub(crate) class: String,
    /// The names of its parameters.
    pub(crate) params: Vec<String>,
    /// The patterns with their lines.
    pub(crate) patterns: Vec<(String, u32)>,
    /// The descriptor.
    pub(crate) file: Name,
}

impl Servlet {
    /// Whether it is one of these: by its class, its name or a parameter that it has.
    pub(crate) fn is_one_of(&self, known: &[String]) -> bool {
        known.iter().any(|one| *one == self.class || *one == self.name || self.params.contains(one))
    }
}

/// The servlets of a descriptor that have mappings, in their order; else the line and why it cannot be read.
pub(super) fn servlets(text: &str, file: &Name) -> Result<Vec<Servlet>, (u32, String)> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<String> = Vec::new();
    let mut classes: Vec<(String, String, Vec<String>)> = Vec::new();
    let mut mappings: Vec<(String, String, u32)> = Vec::new();
    let (mut filters, mut filtered) = (Vec::<(String, String)>::new(), Vec::<(String, String, u32)>::new());
    let (mut param, mut prefix) = (String::new(), None);
    let (mut name, mut class, mut patterns, mut params) = (String::new(), String::new(), Vec::new(), Vec::new());
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let line = || u32::try_from(text.get(..at).unwrap_or_default().matches('\n').count() + 1).unwrap_or(u32::MAX);
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let local = start.local_name();
                open.push(local.as_ref().to_owned());
                if matches!(local.as_ref(), "servlet" | "servlet-mapping" | "filter" | "filter-mapping") {
                    (name, class, patterns, params) = (String::new(), String::new(), Vec::new(), Vec::new());
                }
            }
            Ok(Event::End(_)) => match open.pop().as_deref() {
                Some("servlet") => classes.push((name.clone(), class.clone(), std::mem::take(&mut params))),
                Some("servlet-mapping") => {
                    mappings.extend(patterns.drain(..).map(|(pattern, line)| (name.clone(), pattern, line)));
                }
                Some("filter") if SERVING.contains(&&*class) => filters.push((name.clone(), class.clone())),
                Some("filter-mapping") => {
                    filtered.extend(patterns.drain(..).map(|(pattern, line)| (name.clone(), pattern, line)));
                }
                _ => {}
            },
            Ok(Event::Text(written)) => {
                let written: &str = &written;
                let within = open.len().checked_sub(2).and_then(|at| open.get(at)).map(String::as_str);
                match (within, open.last().map(String::as_str)) {
                    (Some("servlet" | "servlet-mapping"), Some("servlet-name"))
                    | (Some("filter" | "filter-mapping"), Some("filter-name")) => written.trim().clone_into(&mut name),
                    (Some("servlet"), Some("servlet-class")) | (Some("filter"), Some("filter-class")) => {
                        written.trim().clone_into(&mut class);
                    }
                    (Some("context-param"), Some("param-name")) => written.trim().clone_into(&mut param),
                    (Some("context-param"), Some("param-value")) if param == PREFIX => {
                        prefix = Some((written.trim().to_owned(), line()));
                    }
                    (Some("init-param"), Some("param-name")) => params.push(written.trim().to_owned()),
                    (Some("servlet-mapping" | "filter-mapping"), Some("url-pattern")) => {
                        let before = written.len() - written.trim_start().len();
                        let skipped = written.get(..before).unwrap_or_default().matches('\n').count();
                        patterns.push((written.trim().to_owned(), line() + u32::try_from(skipped).unwrap_or(0)));
                    }
                    _ => {}
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return Err((line(), format!("broken XML: {error}"))),
        }
        if mappings.len() + filtered.len() > MOST || open.len() > 64 {
            return Err((line(), "it is too large".to_owned()));
        }
    }
    let mut out: Vec<Servlet> = Vec::new();
    for (name, pattern, line) in mappings {
        match out.iter_mut().find(|servlet| servlet.name == name) {
            Some(servlet) => servlet.patterns.push((pattern, line)),
            None => {
                let stated = classes.iter().find(|(known, _, _)| *known == name);
                let (class, params) =
                    stated.map(|(_, class, params)| (class.clone(), params.clone())).unwrap_or_default();
                out.push(Servlet { name, class, params, patterns: vec![(pattern, line)], file: file.clone() });
            }
        }
    }
    out.extend(filters.into_iter().filter_map(|(name, class)| {
        let own: Vec<(String, u32)> = filtered
            .iter()
            .filter(|(of, _, _)| *of == name)
            .map(|(_, pattern, line)| (pattern.clone(), *line))
            .collect();
        let patterns = match &prefix {
            Some((prefix, line)) if !own.is_empty() => vec![(format!("{}/*", prefix.trim_end_matches('/')), *line)],
            _ => own,
        };
        let (params, file) = (Vec::new(), file.clone());
        (!patterns.is_empty()).then_some(Servlet { name, class, params, patterns, file })
    }));
    Ok(out)
}

/// The path that a server's own descriptor deploys the whole at; none where it says none, else the line and why it cannot be
/// read.
pub(super) fn context_root(text: &str) -> Result<Option<String>, (u32, String)> {
    let mut reader = Reader::from_str(text);
    let (mut depth, mut within) = (0_usize, false);
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        match reader.read_event() {
            Ok(Event::Empty(tag)) if tag.local_name().as_ref() == "context-root" && depth <= 1 => {
                let uri = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == "uri");
                return Ok(uri.map(|uri| uri.value.trim().to_owned()).filter(|path| !path.is_empty()));
            }
            Ok(Event::Start(tag)) if tag.local_name().as_ref() == "context-root" && depth <= 1 => {
                (depth, within) = (depth + 1, true);
            }
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => (depth, within) = (depth.saturating_sub(1), false),
            Ok(Event::Text(written)) if within => {
                let written: &str = &written;
                return Ok(Some(written.trim().to_owned()).filter(|path| !path.is_empty()));
            }
            Ok(Event::Eof) => return Ok(None),
            Ok(_) => {}
            Err(error) => {
                let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
                return Err((u32::try_from(line).unwrap_or(u32::MAX), format!("broken XML: {error}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_descriptor_says_where_the_whole_is_deployed() {
        let said = |text: &str| context_root(text).expect("it reads");
        assert_eq!(
            Some("/a".to_owned()),
            said("<?xml version=\"1.0\"?>\n<jboss-web>\n <context-root> /a </context-root>\n</jboss-web>")
        );
        assert_eq!(Some("b".to_owned()), said("<web-ext><context-root uri=\"b\"/></web-ext>"));
        assert_eq!(None, said("<jboss-web><context-root/><security-domain>x</security-domain></jboss-web>"));
        assert!(context_root("<jboss-web>\n<a></b>").is_err());
    }

    const TEXT: &str = "<?xml version=\"1.0\"?>\n<web-app>\n <servlet>\n  <servlet-name>a</servlet-name>\n  <servlet-class> x.A </servlet-class>\n </servlet>\n <!-- <servlet-mapping><servlet-name>a</servlet-name><url-pattern>/no</url-pattern></servlet-mapping> -->\n <servlet-mapping>\n  <servlet-name>a</servlet-name>\n  <url-pattern>/a/*</url-pattern>\n  <url-pattern>/b</url-pattern>\n </servlet-mapping>\n <filter-mapping><filter-name>f</filter-name><url-pattern>/*</url-pattern></filter-mapping>\n</web-app>\n";

    #[test]
    fn servlets_have_their_class_and_the_lines_of_their_patterns() {
        let found = servlets(TEXT, &"web.xml".into()).expect("it reads");
        let patterns = vec![("/a/*".to_owned(), 10), ("/b".to_owned(), 11)];
        let expected =
            Servlet { name: "a".into(), class: "x.A".into(), params: Vec::new(), patterns, file: "web.xml".into() };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn what_is_cut_off_anywhere_ends() {
        for end in 0..TEXT.len() {
            let _ = servlets(&TEXT[..end], &"web.xml".into());
        }
        assert!(servlets("<web-app></servlet>", &"web.xml".into()).is_err());
    }
}
