//! Addresses below which Apache CXF serves what a Spring configuration in XML names: `<jaxrs:server address="/api">`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The most servers and beans that are read of one file.
const MOST: usize = 2_000;

/// Where services answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The path, as it is written.
    pub(crate) path: String,
    /// The classes of the services, without their packages; of a bean that is declared elsewhere its name.
    pub(crate) services: Vec<String>,
}

impl Address {
    /// Whether a class is among the services: by its name, or by the name that a component has of it.
    pub(crate) fn serves(&self, class: &str) -> bool {
        self.services.iter().any(|service| service.eq_ignore_ascii_case(class))
    }
}

/// The addresses that a file of Spring's configuration tells; none where it is none or cannot be read.
pub(super) fn addresses(text: &str) -> Vec<Address> {
    if !text.contains("address=") || !text.contains("cxf.apache.org/jaxrs") {
        return Vec::new();
    }
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    let mut server: Option<(usize, Address)> = None;
    let mut beans: Vec<(String, String)> = Vec::new();
    let mut out = Vec::new();
    while out.len() + beans.len() < MOST {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                depth += 1;
                match start.local_name().as_ref() {
                    "server" => server = address(&start).map(|address| (depth, address)),
                    _ => note(&start, server.as_mut().map(|(_, address)| address), &mut beans),
                }
            }
            Ok(Event::Empty(start)) if start.local_name().as_ref() == "server" => out.extend(address(&start)),
            Ok(Event::Empty(start)) => note(&start, server.as_mut().map(|(_, address)| address), &mut beans),
            Ok(Event::End(_)) => {
                out.extend(server.take_if(|(at, _)| *at == depth).map(|(_, address)| address));
                depth = depth.saturating_sub(1);
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    for address in &mut out {
        for service in &mut address.services {
            if let Some((_, class)) = beans.iter().find(|(id, _)| id == service) {
                class.clone_into(service);
            }
        }
    }
    out
}

/// What a server's element says; nothing where it has no address.
fn address(start: &BytesStart<'_>) -> Option<Address> {
    let services = attribute(start, "serviceClass").map(|class| simple(&class)).into_iter().collect();
    Some(Address { path: attribute(start, "address")?, services })
}

/// A bean within a server is a service of it, as is one that is referred to there.
fn note(start: &BytesStart<'_>, server: Option<&mut Address>, beans: &mut Vec<(String, String)>) {
    let class = attribute(start, "class").map(|class| simple(&class));
    match (start.local_name().as_ref(), server) {
        ("bean", Some(server)) => server.services.extend(class),
        ("ref", Some(server)) => server.services.extend(attribute(start, "bean").or_else(|| attribute(start, "local"))),
        ("bean", None) => beans.extend(attribute(start, "id").or_else(|| attribute(start, "name")).zip(class)),
        _ => {}
    }
}

/// A class's name without its package.
fn simple(class: &str) -> String {
    class.rsplit('.').next().unwrap_or(class).trim().to_owned()
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(found.value.to_string())
}
