//! A picture of waiting times over time, on a logarithmic scale, without outside programs.

use std::fmt::Write;
use std::time::Duration;

/// What is drawn.
pub(crate) struct Chart<'a> {
    pub(crate) title: &'a str,
    /// The seconds from which to which the server did not answer.
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) lines: Vec<Line<'a>>,
}

/// One candidate; a point for each second.
pub(crate) struct Line<'a> {
    pub(crate) name: &'a str,
    pub(crate) median: Vec<Duration>,
    pub(crate) high: Vec<Duration>,
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 110.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 45.0;
/// The ends of the scale, as powers of ten of a second.
const LOWEST: f64 = -4.0;
const HIGHEST: f64 = 2.0;
/// Told apart also by those who see no red and green, and on light and dark ground.
const COLOURS: [&str; 3] = ["#2a7de1", "#e08a00", "#a05cc5"];
const GREY: &str = "#888";

impl Chart<'_> {
    pub(crate) fn svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"{GREY}\">\n"
        );
        self.outage(&mut svg);
        self.axes(&mut svg);
        for (line, colour) in self.lines.iter().zip(COLOURS) {
            self.path(
                &mut svg,
                &line.high,
                colour,
                "1.2",
                " stroke-dasharray=\"5 3\"",
            );
            self.path(&mut svg, &line.median, colour, "2.2", "");
        }
        for (place, (line, colour)) in self.lines.iter().zip(COLOURS).enumerate() {
            let y = TOP + 20.0 * place as f64 + 10.0;
            text(
                &mut svg,
                WIDTH - RIGHT + 15.0,
                y,
                "start",
                line.name,
                colour,
            );
        }
        text(&mut svg, LEFT, TOP - 18.0, "start", self.title, GREY);
        svg.push_str("</svg>\n");
        svg
    }

    fn outage(&self, svg: &mut String) {
        let (left, right) = (self.x(self.from as f64), self.x(self.to as f64));
        let (width, height) = (right - left, HEIGHT - TOP - BOTTOM);
        put(
            svg,
            format_args!(
                "<rect x=\"{left:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\" fill=\"{GREY}\" fill-opacity=\"0.15\"/>"
            ),
        );
        let middle = f64::midpoint(left, right);
        text(svg, middle, TOP + 15.0, "middle", "no answer", GREY);
    }

    fn axes(&self, svg: &mut String) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for (power, label) in
            (LOWEST as i32..).zip(["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"])
        {
            let y = y(10_f64.powi(power));
            put(
                svg,
                format_args!(
                    "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"{GREY}\" stroke-opacity=\"0.3\"/>"
                ),
            );
            text(svg, LEFT - 8.0, y + 4.0, "end", label, GREY);
        }
        for second in (0..=self.seconds()).step_by(5) {
            let label = second.to_string();
            text(
                svg,
                self.x(second as f64),
                bottom + 16.0,
                "middle",
                &label,
                GREY,
            );
        }
        let middle = f64::midpoint(LEFT, right);
        text(
            svg,
            middle,
            bottom + 34.0,
            "middle",
            "seconds; by when the call was made",
            GREY,
        );
    }

    fn path(&self, svg: &mut String, points: &[Duration], colour: &str, width: &str, style: &str) {
        let mut line = String::new();
        for (second, time) in points.iter().enumerate() {
            let (x, y) = (self.x(second as f64 + 0.5), y(time.as_secs_f64()));
            let _ = write!(line, "{x:.1},{y:.1} ");
        }
        let points = line.trim_end();
        put(
            svg,
            format_args!(
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{style}/>"
            ),
        );
    }

    fn x(&self, second: f64) -> f64 {
        LEFT + second / self.seconds() as f64 * (WIDTH - LEFT - RIGHT)
    }

    fn seconds(&self) -> usize {
        let longest = self.lines.iter().map(|line| line.median.len()).max();
        longest.unwrap_or(0).max(1)
    }
}

fn y(seconds: f64) -> f64 {
    let power = seconds.log10().clamp(LOWEST, HIGHEST);
    TOP + (HIGHEST - power) / (HIGHEST - LOWEST) * (HEIGHT - TOP - BOTTOM)
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, text: &str, colour: &str) {
    put(
        svg,
        format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
        ),
    );
}

/// A line. A string takes whatever is written to it.
fn put(svg: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(svg, "{line}");
}
