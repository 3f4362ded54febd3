//! The page that is drawn on: SVG, element by element, always well-formed.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::palette;
use super::{HEIGHT, WIDTH};
use crate::writing::turns;

/// An SVG document in the making. Every element gets its colours by its class.
#[derive(Debug)]
pub struct Page(String);

impl Page {
    /// An empty page of a height, with what a screen reader says of it.
    pub fn begin(title: &str, description: &str, height: f64) -> Self {
        let mut page = Self(String::with_capacity(1 << 16));
        page.put(&format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             aria-labelledby=\"title desc\">\n\
             <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>\n{}</style>\n{}\n",
            safe(title),
            safe(description),
            palette::style(),
            palette::HATCH,
        ));
        page.rect("paper", [0.0, 0.0, WIDTH, height]);
        page
    }

    /// An empty page within another document, which says what the picture is of; without what is above `top`.
    pub fn within(description: &str, top: f64) -> Self {
        let mut page = Self(String::with_capacity(1 << 16));
        let height = HEIGHT - top;
        page.put(&format!(
            "<svg viewBox=\"0 {top} {WIDTH} {height}\" role=\"img\" aria-labelledby=\"desc\">\n\
             <desc id=\"desc\">{}</desc>\n<style>\n{}{}</style>\n{}\n",
            safe(description),
            palette::style(),
            palette::dark(),
            palette::HATCH,
        ));
        page
    }

    /// The whole document.
    pub fn end(mut self) -> String {
        self.put("</svg>\n");
        self.0
    }

    fn put(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Elements that belong together; a pointer that rests on them shows `tip`.
    pub fn group(&mut self, class: &str, tip: &str, draw: impl FnOnce(&mut Self)) {
        self.put(&format!("<g class=\"{class}\">"));
        if !tip.is_empty() {
            self.put(&format!("<title>{}</title>", safe(tip)));
        }
        draw(self);
        self.put("</g>\n");
    }

    /// A rectangle: x, y, width, height.
    pub fn rect(&mut self, class: &str, at: [f64; 4]) {
        let [x, y, width, height] = at.map(number);
        self.put(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>\n"
        ));
    }

    /// A straight line from x1, y1 to x2, y2.
    pub fn line(&mut self, class: &str, at: [f64; 4]) {
        let [x1, y1, x2, y2] = at.map(number);
        self.put(&format!(
            "<path class=\"{class}\" d=\"M{x1} {y1}L{x2} {y2}\"/>\n"
        ));
    }

    /// A dot.
    pub fn dot(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        let [x, y, radius] = [x, y, radius].map(number);
        self.put(&format!(
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>\n"
        ));
    }

    /// Colours that this page alone has.
    pub fn style(&mut self, rules: &str) {
        self.put(&format!("<style>\n{rules}</style>\n"));
    }

    /// A closed shape.
    pub fn shape(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>) {
        self.path(class, points);
        self.put("Z\"/>\n");
    }

    /// An open line through points.
    pub fn curve(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>) {
        self.path(class, points);
        self.put("\"/>\n");
    }

    fn path(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>) {
        self.put(&format!("<path class=\"{class}\" d=\""));
        let mut before = 'M';
        for (x, y) in points {
            let _ = write!(self.0, "{before}{} {}", number(x), number(y));
            before = ' ';
        }
    }

    /// A line of text that begins at x.
    pub fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let [x, y] = [x, y].map(number);
        self.put(&format!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>\n",
            safe(text)
        ));
    }

    /// A line of text that is read from below to above.
    pub fn text_upwards(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let [x, y] = [x, y].map(number);
        self.put(&format!(
            "<text class=\"{class}\" transform=\"translate({x} {y}) rotate(-90)\">{}</text>\n",
            safe(text)
        ));
    }
}

/// A tenth of a unit is finer than any print.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// Text as XML may hold it, and HTML too: control characters, non-characters and what turns the writing's direction become
/// spaces.
#[must_use]
pub fn safe(text: &str) -> String {
    let allowed = |c: char| !c.is_control() && !turns(c) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let tame: String = text
        .chars()
        .map(|c| if allowed(c) { c } else { ' ' })
        .collect();
    escape(tame).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_out_of_its_element() {
        let mut page = Page::begin("a<b", "&\u{0}\u{ffff}", HEIGHT);
        page.text("x", 0.0, 0.0, "a\u{202e}b\u{2028}c\u{2066}d");
        page.text("x", 1.0, 2.25, "</text><script>\"'\u{1b}");
        let svg = page.end();
        assert!(svg.contains(">a b c d<"), "{svg}");
        assert!(
            svg.contains("a&lt;b") && svg.contains("&amp;  </desc>"),
            "{svg}"
        );
        assert!(
            svg.contains("y=\"2.2\">&lt;/text&gt;&lt;script&gt;&quot;&apos; </text>"),
            "{svg}"
        );
    }
}
