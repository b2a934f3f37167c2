use super::super::show;
use super::lower;

fn shown(source: &str) -> String {
    show::module(&lower(source))
}

#[test]
fn constructs_are_lowered_and_not_lost() {
    for source in [
        "x = 1",
        "a = b = f()",
        "a, *b = c",
        "x: int = 3",
        "x += 'a'",
        "if a: b()\nelif c: d()\nelse: e()",
        "for a, b in c: d(a)",
        "with open(x) as f: g(f)",
        "try: a()\nexcept E: b()\nelse: c()\nfinally: d()",
        "async def f(a, b=1, *c, d, **e): yield a",
        "class A(B, metaclass=M):\n  x: str = 'y'\n  @property\n  def z(self): return self.x",
        "@app.get('/x', tags=['a'])\ndef f(): pass",
        "x = {**a, 'b': [c for c in d if c], **e}",
        "x = f'{a}/{b!r}' 'c'",
        "x = a if b else lambda c: c",
        "match a:\n  case 'x': b()\n  case _: c()",
        "f(*a, **b, c=1)",
        "x = a[1:2], a[k], not b and c in d",
        "from ..a.b import c as d, e",
        "from . import *",
        "import a.b, c as d",
        "del a.b, c['d']",
    ] {
        let module = lower(source);
        assert!(module.errors.is_empty(), "{source}: {:?}", module.errors);
        assert!(!module.body.is_empty(), "{source}");
    }
}

#[test]
fn strings_are_resolved() {
    assert_eq!("set x = \"a\\tb/c\"", shown(r"x = 'a\tb' '/c'"));
    assert_eq!(shown("x = '\\\\d'"), shown("x = r'\\d'"));
    assert_eq!("set x = \"{a}\"", shown("x = '{a}'"));
}

#[test]
fn a_list_of_one_spread_alone_is_what_it_is_with_another() {
    for spread in ["*b.c", "*b(c)", "*b", "*b[c]", "*b.c or []", "*b + c.d", "*b.c if d else e"] {
        let (one, two) = (shown(&format!("x = [{spread}]")), shown(&format!("x = [{spread}, d]")));
        assert_eq!(one.strip_suffix(']').map(|one| format!("{one}, d]")), Some(two), "{spread}");
    }
}

#[test]
fn imports_keep_their_levels() {
    let text = shown("from ..a import b as c");
    assert!(text.contains('b') && text.contains('c'), "{text}");
}

#[test]
fn what_does_not_parse_is_noted_and_the_rest_goes_on() {
    let module = lower("x = (\n\n@@@\ny = 1\ndef f(:\n  pass\nz = 2\n");
    assert!(!module.errors.is_empty());
}

#[test]
fn deep_nesting_is_given_up_and_not_fallen_over() {
    lower(&format!("x = {}1{}", "(".repeat(20_000), ")".repeat(20_000)));
    lower(&"[".repeat(50_000));
}
