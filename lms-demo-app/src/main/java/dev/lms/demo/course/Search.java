// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.data.Sql;
import java.sql.SQLException;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Full text over titles, descriptions and lessons, by SQLite's own (FTS5) or PostgreSQL's. All that
 * one of them alone understands is in this class.
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
  static String join(Sql sql) {
    return sql.isPostgres() ? JOIN_OF_POSTGRES : JOIN;
  }

  private static final String JOIN =
      """
      JOIN (SELECT code AS found, bm25(course_search, 0, 10, 4, 1) AS rank
            FROM course_search WHERE course_search MATCH ?) ON found = code
      """;

  /** Words without their marks, as FTS5 has them. */
  private static final String PLAIN =
      "regexp_replace(normalize(%s, NFD), '[\\u0300-\\u036f]', '', 'g')";

  private static final String TABLE_OF_POSTGRES =
      """
      CREATE TABLE course_search (code TEXT PRIMARY KEY, words TSVECTOR NOT NULL);
      CREATE INDEX course_search_by_word ON course_search USING gin (words);
      """;

  private static final String FILL_OF_POSTGRES =
      """
      INSERT INTO course_search (code, words)
      SELECT code,
             setweight(to_tsvector('english', %s), 'A')
             || setweight(to_tsvector('english', %s), 'B')
             || setweight(to_tsvector('english', %s), 'D')
      FROM courses
      """
          .formatted(
              PLAIN.formatted("title"),
              PLAIN.formatted("description"),
              PLAIN.formatted(
                  "coalesce((SELECT string_agg(r.title || ' ' || r.body, ' ') FROM resources r"
                      + " WHERE r.course = code), '')"));

  private static final String JOIN_OF_POSTGRES =
      """
      JOIN (SELECT s.code AS found, -ts_rank(s.words, q.query) AS rank
            FROM course_search s, to_tsquery('english', ?) AS q (query)
            WHERE s.words @@ q.query) AS hits ON found = code
      """;

  private Search() {}

  /** Makes the index of what is there. */
  static void create(Sql sql) throws SQLException {
    sql.script(sql.isPostgres() ? TABLE_OF_POSTGRES : TABLE);
    sql.update(fill(sql));
  }

  /** Brings the index of a course up to date, in the transaction that changed it. */
  static void refresh(Sql sql, String code) throws SQLException {
    sql.update("DELETE FROM course_search WHERE code = ?", code);
    sql.update(fill(sql) + " WHERE code = ?", code);
  }

  private static String fill(Sql sql) {
    return sql.isPostgres() ? FILL_OF_POSTGRES : FILL;
  }

  /** What people typed as a query: every word, or what begins like it. Empty if it has no word. */
  static Optional<String> query(Sql sql, String typed) {
    List<String> words =
        BETWEEN_WORDS
            .splitAsStream(typed.toLowerCase(Locale.ROOT))
            .filter(word -> !word.isEmpty())
            .limit(WORDS)
            .toList();
    if (words.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        sql.isPostgres()
            ? words.stream().map(Search::plain).collect(Collectors.joining(":* & ", "", ":*"))
            : words.stream().map(word -> '"' + word + "\"*").collect(Collectors.joining(" ")));
  }

  private static String plain(String word) {
    return Normalizer.normalize(word, Normalizer.Form.NFD).replaceAll("\\p{M}+", "");
  }
}
