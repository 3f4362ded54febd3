//! A bar that says how far something is, on a terminal and nowhere else.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of this form, of which nothing is done and the length is not known.
pub fn bar(template: &str) -> ProgressBar {
    let bar = hidden(template);
    bar.set_draw_target(terminal());
    bar
}

/// Where bars are drawn.
fn terminal() -> ProgressDrawTarget {
    ProgressDrawTarget::stderr_with_hz(10)
}

/// Draws a bar that was hidden, unless it is over by now.
pub fn show(bar: &ProgressBar) {
    if !bar.is_finished() {
        bar.set_draw_target(terminal());
        bar.tick();
    }
}

/// A bar of this form that is drawn once it is shown.
pub fn hidden(template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
