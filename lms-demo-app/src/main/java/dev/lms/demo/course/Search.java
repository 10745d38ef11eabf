// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.data.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Full text over titles, descriptions and lessons. All that only SQLite understands of it (FTS5) is
 * in this class.
 */
final class Search {
  /** More words than that narrow nothing down. */
  private static final int WORDS = 8;

  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

  private static final String TABLE =
      """
      CREATE VIRTUAL TABLE course_search USING fts5(
        code UNINDEXED, title, description, lessons,
        tokenize = 'porter unicode61 remove_diacritics 2')
      """;

  private static final String FILL =
      """
      INSERT INTO course_search (code, title, description, lessons)
      SELECT code, title, description,
             (SELECT string_agg(r.title || ' ' || r.body, ' ') FROM resources r
              WHERE r.course = code)
      FROM courses
      """;

  /**
   * Joins courses to those that match the query in its parameter: {@code found} is their code, and
   * the best have the lowest {@code rank}. A word in a title counts most, in a lesson least.
   */
  static final String JOIN =
      """
      JOIN (SELECT code AS found, bm25(course_search, 0, 10, 4, 1) AS rank
            FROM course_search WHERE course_search MATCH ?) ON found = code
      """;

  private Search() {}

  /** Makes the index of what is there. */
  static void create(Sql sql) throws SQLException {
    sql.script(TABLE);
    sql.update(FILL);
  }

  /** Brings the index of a course up to date, in the transaction that changed it. */
  static void refresh(Sql sql, String code) throws SQLException {
    sql.update("DELETE FROM course_search WHERE code = ?", code);
    sql.update(FILL + " WHERE code = ?", code);
  }

  /** What people typed as a query: every word, or what begins like it. Empty if it has no word. */
  static Optional<String> query(String typed) {
    List<String> words =
        BETWEEN_WORDS
            .splitAsStream(typed.toLowerCase(Locale.ROOT))
            .filter(word -> !word.isEmpty())
            .limit(WORDS)
            .toList();
    return words.isEmpty()
        ? Optional.empty()
        : Optional.of(
            words.stream().map(word -> '"' + word + "\"*").collect(Collectors.joining(" ")));
  }
}
