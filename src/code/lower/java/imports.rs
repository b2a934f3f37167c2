//! The package, imports, and what stands at a file's top level.

use super::super::reader::{children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Import, ImportName, Imported, Name, Stmt, StmtKind};
use tree_sitter::Node;

impl Lowering<'_> {
    /// The package that a file says it belongs to.
    pub(super) fn package(&self, root: Node<'_>) -> Option<Name> {
        let declaration = children(root).into_iter().find(|child| child.kind() == "package_declaration")?;
        let name = children(declaration).into_iter().find(|child| child.kind().ends_with("identifier"))?;
        Some(self.spelled(name))
    }

    /// The file's imports and types.
    pub(super) fn file(&mut self, root: Node<'_>) -> Block {
        let mut out = Block::new();
        for child in children(root) {
            match child.kind() {
                "import_declaration" => out.extend(self.import(child)),
                "package_declaration" | "module_declaration" => {}
                _ => self.statement(child, &mut out),
            }
        }
        out
    }

    /// `import a.b.C;` takes `C` from `a.b`; a static import takes a member from its class in the same way.
    fn import(&self, node: Node<'_>) -> Option<Stmt> {
        let name = children(node).into_iter().find(|child| child.kind().ends_with("identifier"))?;
        let full = self.spelled(name);
        let (source, what, alias) = if has(node, "asterisk") {
            (full, Imported::All, Name::from("*"))
        } else {
            let (source, last) = full.rsplit_once('.').unwrap_or(("", &full));
            (source.into(), Imported::Named(last.into()), last.into())
        };
        let names = vec![ImportName { what, alias, pos: self.pos(name) }];
        let import = Import { source, level: 0, names, type_only: false };
        Some(Stmt { kind: StmtKind::Import(import), pos: self.pos(node) })
    }

    /// A dotted name without the blanks that may stand in it.
    fn spelled(&self, node: Node<'_>) -> Name {
        self.text(node).split_whitespace().collect::<String>().into()
    }
}
