//! Items in bodies.

use syn::Item;
use syn::visit::Visit;

/// Those met since they were taken last.
#[derive(Default)]
pub(super) struct Nested<'ast>(pub(super) Vec<&'ast Item>);

impl<'ast> Visit<'ast> for Nested<'ast> {
    fn visit_item(&mut self, item: &'ast Item) {
        self.0.push(item);
    }
}
