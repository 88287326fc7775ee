#[derive(DecreeEnum)]
enum Mode {
    Fair,
    FirstCome,
    #[decree(rename = "FAST!")]
    Fast,
}
