// A type that no setting has is one mistake, whatever is demanded of it.
use decree_runtime::DecreeConfig;

#[derive(PartialEq)]
enum Mode {
    Fair,
    Fast,
}

struct Route;

#[derive(DecreeConfig)]
struct Unread {
    #[decree(one_of = [Mode::Fair, Mode::Fast])]
    mode: Mode,
    #[decree(min_len = 1, max_len = 3)]
    hosts: Vec<String>,
    #[decree(default = 1, min = 0, max = 9)]
    route: Route,
    #[decree(json, min = 1)]
    json: Route,
    #[decree(json, default = 1)]
    json_default: Route,
    #[decree(one_of = ["a", "ab"], pattern = "a")]
    texts: Option<Route>,
}

fn main() {}
