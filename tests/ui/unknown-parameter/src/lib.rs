//! Names that are no parameters.

/// @cache(skip(databse))
pub fn misspelt(database: u32) -> u32 {
    database
}

/// @cache(key(user))
pub fn no_parameter(user_id: u32) -> u32 {
    user_id
}

/// @cache(tags("user:{user}", "order:{ordr.id}"))
pub fn not_in_a_tag(user_id: u32, order: u32) -> u32 {
    user_id + order
}
