package dev.lms.demo.account;

/**
 * A person who can sign in.
 *
 * @param username what they type, and what sessions know them by
 * @param name what they are called on pages; plain text
 * @param role {@code admin}, {@code instructor} or {@code student}
 */
public record Account(String username, String name, String role) {}
