//! A session's life: it begins with a login, its tokens are renewed, and it ends with a logout.

mod call;
mod heartbeat;
mod interval;
mod keep_alive;
mod login;
mod login_answer;
mod logout;
mod options;
mod renew;
mod tokens;
mod under_way;
mod validity;

pub use heartbeat::heartbeat;
pub use interval::heartbeat_interval;
pub use keep_alive::keep_alive;
pub use login::{Context, Login, login};
pub use logout::logout;
pub use options::LoginOptions;
pub use tokens::SessionTokens;
