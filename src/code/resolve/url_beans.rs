//! What Spring's configuration in XML puts at paths: beans that a `SimpleUrlHandlerMapping` lists, those that are named by their
//! path, and the view controllers of its namespace `mvc`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::code::form::Name;

/// The most beans that are read of one file.
const MOST: usize = 2_000;
/// How deep elements stand in each other at most.
const DEEPEST: usize = 64;
/// The mapping that lists paths.
const LISTED: &str = "SimpleUrlHandlerMapping";
/// The elements that answer a path with a view, a redirect or a status: `GET` alone.
const VIEWS: [&str; 3] = ["view-controller", "redirect-view-controller", "status-controller"];
/// Classes of Spring's own that serve files or talk otherwise.
const ASIDE: [&str; 4] = [
    "ResourceHttpRequestHandler",
    "DefaultServletHttpRequestHandler",
    "SockJsHttpRequestHandler",
    "WebSocketHttpRequestHandler",
];

/// A bean at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UrlBean {
    /// The path as written.
    pub(crate) path: String,
    /// The file, and the line of the path.
    pub(crate) place: (Name, u32),
    /// Its class; none where another file declares it.
    pub(crate) class: Option<String>,
    /// It is a view controller.
    pub(crate) view: bool,
}

/// What is read of a file as it goes on.
#[derive(Default)]
struct Reading {
    /// How deep the mapping stands whose entries are read.
    mapping: Option<usize>,
    /// The path of the entry that is open, with its line.
    key: Option<(String, u32)>,
    /// The names of beans with their classes.
    beans: Vec<(String, String)>,
    /// Paths with their lines and the beans, as mappings list them.
    listed: Vec<(String, u32, String)>,
    /// Beans that are named by their path.
    named: Vec<(String, u32, String)>,
    /// The paths of view controllers with their lines and elements.
    views: Vec<(String, u32, String)>,
}

/// The beans that a file puts at paths, none where it is no configuration of Spring's; and the line where it cannot be read any
/// further, with why.
pub(super) fn url_beans(text: &str, file: &Name) -> (Vec<UrlBean>, Option<(u32, String)>) {
    let listed = text.contains(LISTED) || text.contains("name=\"/") || text.contains("id=\"/");
    if !text.contains("<bean") || !(listed || VIEWS.iter().any(|view| text.contains(view))) {
        return (Vec::new(), None);
    }
    let mut reader = Reader::from_str(text);
    let mut open: Vec<String> = Vec::new();
    let mut reading = Reading::default();
    let (mut counted, mut line) = (0, 1_u32);
    let problem = loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let passed = text.get(counted..at).unwrap_or_default().matches('\n').count();
        (counted, line) = (at, line.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX)));
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                reading.element(&start, line, Some(open.len()));
                open.push(start.local_name().as_ref().to_owned());
            }
            Ok(Event::Empty(start)) => reading.element(&start, line, None),
            Ok(Event::End(_)) => {
                open.pop();
                reading.mapping = reading.mapping.filter(|depth| open.len() > *depth);
            }
            Ok(Event::Text(written)) => reading.text(open.last().map_or("", String::as_str), &written, line),
            Ok(Event::Eof) if open.is_empty() => break None,
            Ok(Event::Eof) => break Some((line, "broken XML: it ends within an element".to_owned())),
            Err(error) => break Some((line, format!("broken XML: {error}"))),
            Ok(_) => {}
        }
        if reading.listed.len() + reading.beans.len() + reading.views.len() > MOST || open.len() > DEEPEST {
            break Some((line, "it is too large".to_owned()));
        }
    };
    (reading.found(file), problem)
}

impl Reading {
    /// What an element says; `depth` where others may stand in it.
    fn element(&mut self, start: &BytesStart<'_>, line: u32, depth: Option<usize>) {
        match (start.local_name().as_ref(), self.mapping) {
            ("bean", None) => {
                let class = attribute(start, "class").unwrap_or_default();
                if class.ends_with(LISTED) {
                    self.mapping = depth;
                }
                for name in names(start) {
                    if name.starts_with('/') {
                        self.named.push((name.clone(), line, name.clone()));
                    }
                    self.beans.push((name, class.clone()));
                }
            }
            ("prop" | "entry", Some(_)) => {
                self.key = attribute(start, "key").map(|key| (key, line));
                let given = attribute(start, "value-ref").or_else(|| attribute(start, "value"));
                self.listed.extend(self.key.clone().zip(given).map(|((key, line), bean)| (key, line, bean)));
            }
            (view, None) if VIEWS.contains(&view) => {
                self.views.extend(attribute(start, "path").map(|path| (path, line, view.to_owned())));
            }
            ("ref" | "bean", Some(_)) => {
                let bean = attribute(start, "bean").or_else(|| attribute(start, "local"));
                let bean = bean.or_else(|| attribute(start, "class")).unwrap_or_default();
                self.listed.extend(self.key.take().map(|(key, line)| (key, line, bean)));
            }
            _ => {}
        }
    }

    /// What a text says within an element.
    fn text(&mut self, within: &str, written: &str, line: u32) {
        match (within, self.mapping) {
            ("prop", Some(_)) => {
                self.listed.extend(self.key.take().map(|(key, line)| (key, line, written.trim().to_owned())));
            }
            ("value", Some(_)) => {
                for (below, pair) in written.lines().enumerate() {
                    let line = line.saturating_add(u32::try_from(below).unwrap_or(0));
                    let pair = pair.split_once('=').map(|(key, bean)| (key.trim(), bean.trim()));
                    self.listed.extend(pair.map(|(key, bean)| (key.to_owned(), line, bean.to_owned())));
                }
            }
            _ => {}
        }
    }

    /// The beans with their classes, without those that serve files.
    fn found(self, file: &Name) -> Vec<UrlBean> {
        let class_of = |bean: &str| match self.beans.iter().find(|(id, _)| id == bean) {
            Some((_, class)) => Some(class.clone()).filter(|class| !class.is_empty()),
            None => Some(bean.to_owned()).filter(|bean| bean.contains('.')),
        };
        let all = self.named.iter().chain(&self.listed);
        let all = all.map(|(path, line, bean)| UrlBean {
            path: path.clone(),
            place: (file.clone(), *line),
            class: class_of(bean),
            view: false,
        });
        let views = self.views.iter().map(|(path, line, element)| UrlBean {
            path: format!("/{}", path.trim_start_matches('/')),
            place: (file.clone(), *line),
            class: Some(element.clone()),
            view: true,
        });
        all.chain(views)
            .filter(|bean| !bean.class.as_ref().is_some_and(|class| ASIDE.iter().any(|one| class.ends_with(one))))
            .collect()
    }
}

/// What a bean is called.
pub(super) fn names(start: &BytesStart<'_>) -> Vec<String> {
    let all = attribute(start, "name").into_iter().chain(attribute(start, "id"));
    all.flat_map(|all| all.split([',', ';', ' ']).map(str::to_owned).collect::<Vec<_>>())
        .filter(|name| !name.is_empty())
        .collect()
}

pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(found.value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_list_paths_in_each_of_their_ways() {
        let text = "<beans>\n <bean id=\"one\" class=\"a.One\"/>\n <bean name=\"/named.htm\" class=\"a.Named\"/>\n <bean class=\"org.springframework.web.servlet.handler.SimpleUrlHandlerMapping\">\n  <property name=\"mappings\"><props>\n   <prop key=\"/one.htm\">one</prop>\n  </props></property>\n </bean>\n <bean class=\"x.SimpleUrlHandlerMapping\"><property name=\"urlMap\"><map>\n  <entry key=\"/two\" value-ref=\"two\"/>\n  <entry key=\"/three\"><ref bean=\"one\"/></entry>\n </map></property></bean>\n <bean class=\"x.SimpleUrlHandlerMapping\"><property name=\"mappings\"><value>\n   /four=one\n  </value></property></bean>\n <bean id=\"two\" class=\"org.springframework.web.servlet.resource.ResourceHttpRequestHandler\"/>\n</beans>\n";
        let (found, problem) = url_beans(text, &"a.xml".into());
        assert_eq!(problem, None);
        let shown: Vec<(&str, u32, Option<&str>)> =
            found.iter().map(|it| (it.path.as_str(), it.place.1, it.class.as_deref())).collect();
        let all = [
            ("/named.htm", 3, Some("a.Named")),
            ("/one.htm", 6, Some("a.One")),
            ("/three", 11, Some("a.One")),
            ("/four", 14, Some("a.One")),
        ];
        assert_eq!(shown, all);
        assert!(url_beans("<beans><bean id=\"a\" class=\"b.C\"/></beans>", &"a.xml".into()).0.is_empty());
        let text = "<beans xmlns:mvc=\"x\">\n <mvc:view-controller path=\"/\" view-name=\"a\"/>\n <mvc:status-controller path=\"gone\" status-code=\"410\"/>\n <mvc:redirect-view-controller path=\"/old\" redirect-url=\"/new\"></mvc:redirect-view-controller>\n</beans>";
        let (found, _) = url_beans(text, &"a.xml".into());
        let shown: Vec<(&str, u32, bool)> = found.iter().map(|it| (it.path.as_str(), it.place.1, it.view)).collect();
        assert_eq!(shown, [("/", 2, true), ("/gone", 3, true), ("/old", 4, true)]);
    }

    #[test]
    fn what_cannot_be_read_to_its_end_is_told_with_what_stands_before() {
        let told = |text: &str| {
            let (found, problem) = url_beans(text, &"a.xml".into());
            (found.len(), problem.map(|(line, _)| line))
        };
        let one = "<beans>\n <bean name=\"/one\" class=\"a.One\"/>\n";
        assert_eq!(told(&format!("{one}</beans>\n")), (1, None));
        assert_eq!(told(&format!("{one} </bean>\n</beans>\n")), (1, Some(3)));
        assert_eq!(told(one), (1, Some(3)));
        let many = "<bean id=\"a\" class=\"a.A\"/>".repeat(MOST);
        assert_eq!(told(&format!("{one}{many}</beans>")), (1, Some(3)));
        assert_eq!(told(&format!("{one}{}", "<a>".repeat(DEEPEST))), (1, Some(3)));
    }
}
