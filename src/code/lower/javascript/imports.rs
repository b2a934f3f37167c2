//! Imports and exports of modules.

use super::super::reader::{children, fields, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, Block, Call, Export, Expr, ExprKind, Import, ImportName, Imported, Name, Pattern, Spread, Stmt, StmtKind,
};
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn import(&mut self, node: Node<'_>, out: &mut Block) {
        let clauses = children(node);
        if let Some(clause) = clauses.iter().find(|clause| clause.kind() == "import_require_clause") {
            return self.import_require(*clause, out);
        }
        let Some(source) = node.child_by_field_name("source") else { return };
        let source = self.string(source);
        let all_types = has(node, "type");
        let (mut names, mut types) = (Vec::new(), Vec::new());
        for clause in clauses.into_iter().filter(|clause| clause.kind() == "import_clause") {
            self.import_clause(clause, &mut names, &mut types);
        }
        let for_effect = names.is_empty() && types.is_empty() && !has(node, "import_clause");
        if all_types {
            types.append(&mut names);
        }
        if !names.is_empty() || for_effect {
            let import = Import { source: source.clone(), level: 0, names, type_only: false };
            self.push(node, StmtKind::Import(import), out);
        }
        if !types.is_empty() {
            self.push(node, StmtKind::Import(Import { source, level: 0, names: types, type_only: true }), out);
        }
    }

    fn import_clause(&mut self, clause: Node<'_>, names: &mut Vec<ImportName>, types: &mut Vec<ImportName>) {
        for child in children(clause) {
            match child.kind() {
                "identifier" => names.push(self.import_name(Imported::Default, child)),
                "namespace_import" => {
                    if let Some(&alias) = children(child).first() {
                        names.push(self.import_name(Imported::Module, alias));
                    }
                }
                "named_imports" => {
                    for specifier in children(child) {
                        let Some(name) = specifier.child_by_field_name("name") else { continue };
                        let alias = specifier.child_by_field_name("alias").unwrap_or(name);
                        let imported = self.import_name(self.taken(name), alias);
                        if has(specifier, "type") || has(specifier, "typeof") {
                            types.push(imported);
                        } else {
                            names.push(imported);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn import_name(&self, what: Imported, alias: Node<'_>) -> ImportName {
        ImportName { what, alias: self.name(alias), pos: self.pos(alias) }
    }

    fn taken(&self, name: Node<'_>) -> Imported {
        match self.exported_name(name).as_ref() {
            "default" => Imported::Default,
            other => Imported::Named(other.into()),
        }
    }

    /// A name in an export or import list; it may be written as a string.
    fn exported_name(&self, node: Node<'_>) -> Name {
        self.text(node).trim_matches(['"', '\'']).into()
    }

    /// `import x = require("y")` is `const x = require("y")`.
    fn import_require(&mut self, clause: Node<'_>, out: &mut Block) {
        let named = children(clause).into_iter().find(|child| child.kind() == "identifier");
        let (Some(alias), Some(source)) = (named, clause.child_by_field_name("source")) else { return };
        let value = self.expr(source);
        let args = vec![Arg { name: None, spread: Spread::No, value }];
        let callee = self.at(clause, ExprKind::Name("require".into()));
        let call = self.at(clause, ExprKind::Call(Box::new(Call { callee, args, is_new: false })));
        let target = Pattern::Name(self.name(alias), self.pos(alias));
        self.push(clause, StmtKind::Bind { target, ty: None, value: Some(call) }, out);
    }

    /// `import A = B.C` is `const A = B.C`.
    pub(super) fn import_alias(&mut self, node: Node<'_>, out: &mut Block) {
        let parts = children(node);
        let [alias, value] = parts.as_slice() else { return };
        let mut names = Vec::new();
        self.segments(*value, &mut names);
        let mut names = names.into_iter();
        let Some(first) = names.next() else { return };
        let base = self.at(*value, ExprKind::Name(first));
        let pos = base.pos;
        let value = names.fold(base, |object, name| Expr { kind: ExprKind::Member(Box::new(object), name), pos });
        let target = Pattern::Name(self.name(*alias), self.pos(*alias));
        self.push(node, StmtKind::Bind { target, ty: None, value: Some(value) }, out);
    }

    pub(super) fn export(&mut self, node: Node<'_>, out: &mut Block) {
        if let Some(declaration) = node.child_by_field_name("declaration") {
            return self.export_declaration(node, declaration, out);
        }
        let source = node.child_by_field_name("source").map(|source| self.string(source));
        let below = children(node);
        let clause = below.iter().copied().find(|child| child.kind() == "export_clause");
        let namespace = below.iter().copied().find(|child| child.kind() == "namespace_export");
        if let Some(clause) = clause {
            let export = self.export_clause(clause, source);
            self.push(node, StmtKind::Export(export), out);
        } else if let Some(source) = source {
            let export = match namespace.and_then(|namespace| children(namespace).first().copied()) {
                Some(name) => Export::From(source, vec![(Imported::Module, self.exported_name(name))]),
                None => Export::AllFrom(source),
            };
            self.push(node, StmtKind::Export(export), out);
        } else if has(node, "default") {
            if let Some(value) = node.child_by_field_name("value") {
                self.export_default(node, value, out);
            }
        } else if has(node, "=")
            && let Some(&value) = below.first()
        {
            self.export_assignment(node, value, out);
        }
    }

    fn export_clause(&mut self, clause: Node<'_>, source: Option<Name>) -> Export {
        let specifiers = children(clause).into_iter().filter_map(|specifier| {
            let name = specifier.child_by_field_name("name")?;
            Some((name, specifier.child_by_field_name("alias").unwrap_or(name)))
        });
        match source {
            Some(source) => Export::From(
                source,
                specifiers.map(|(name, alias)| (self.taken(name), self.exported_name(alias))).collect(),
            ),
            None => Export::Names(
                specifiers.map(|(name, alias)| (self.exported_name(name), self.exported_name(alias))).collect(),
            ),
        }
    }

    /// A named function or class that is the default export keeps its name here.
    fn export_default(&mut self, node: Node<'_>, value: Node<'_>, out: &mut Block) {
        let outside = self.outside_decorators(node);
        let kind = match value.kind() {
            "class" => {
                let class = self.class(value, outside);
                self.at(value, ExprKind::Class(class))
            }
            _ => self.expr(value),
        };
        let name = match &kind.kind {
            ExprKind::Function(function) => function.name.clone(),
            ExprKind::Class(class) => class.name.clone(),
            _ => None,
        };
        let (Some(name), "class" | "function_expression" | "generator_function") = (name, value.kind()) else {
            return self.push(node, StmtKind::Export(Export::Default(kind)), out);
        };
        match kind.kind {
            ExprKind::Function(function) => self.push(value, StmtKind::Function(function), out),
            ExprKind::Class(class) => self.push(value, StmtKind::Class(class), out),
            _ => {}
        }
        self.push(node, StmtKind::Export(Export::Names(vec![(name, "default".into())])), out);
    }

    /// `export = x` is `module.exports = x`: that is what it compiles to, and what an importer sees.
    fn export_assignment(&mut self, node: Node<'_>, value: Node<'_>, out: &mut Block) {
        let value = self.expr(value);
        let module = Box::new(self.at(node, ExprKind::Name("module".into())));
        let place = self.at(node, ExprKind::Member(module, "exports".into()));
        self.push(node, StmtKind::Assign { target: Pattern::Place(Box::new(place)), op: None, value }, out);
    }

    fn export_declaration(&mut self, node: Node<'_>, declaration: Node<'_>, out: &mut Block) {
        let outside = self.outside_decorators(node);
        let mut inner = Block::new();
        match declaration.kind() {
            "class_declaration" | "abstract_class_declaration" => {
                self.class_declaration(declaration, outside, &mut inner);
            }
            "function_declaration" | "generator_function_declaration" => {
                self.function_declaration(declaration, true, &mut inner);
            }
            _ => self.statement(declaration, &mut inner),
        }
        if has(node, "default") {
            let names: Vec<Name> = inner.iter().filter_map(declared_name).collect();
            out.append(&mut inner);
            let pairs = names.into_iter().map(|name| (name, "default".into())).collect();
            return self.push(node, StmtKind::Export(Export::Names(pairs)), out);
        }
        for statement in inner {
            let pos = statement.pos;
            out.push(Stmt { kind: StmtKind::Export(Export::Declaration(Box::new(statement))), pos });
        }
    }

    fn outside_decorators(&mut self, node: Node<'_>) -> Vec<crate::code::form::Decorator> {
        fields(node, "decorator").into_iter().map(|decorator| self.decorator(decorator)).collect()
    }
}

/// The name that a declaration of a function or class binds.
fn declared_name(statement: &Stmt) -> Option<Name> {
    match &statement.kind {
        StmtKind::Function(function) => function.name.clone(),
        StmtKind::Class(class) => class.name.clone(),
        _ => None,
    }
}
