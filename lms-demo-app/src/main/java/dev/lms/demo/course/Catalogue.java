// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.data.Database;
import dev.lms.demo.data.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The published courses, filtered, sorted and in pages. */
public final class Catalogue {
  private static final int TOPICS = 14;

  private final Database database;

  /** Reads the given database. */
  public Catalogue(Database database) {
    this.database = database;
  }

  private record Query(String joinAndWhere, List<Object> arguments) {
    Object[] and(Object... more) {
      List<Object> all = new ArrayList<>(arguments);
      all.addAll(List.of(more));
      return all.toArray();
    }

    /** Nothing, where words were typed of which none can be searched for. */
    static Query of(Sql sql, Filter filter) {
      List<Object> arguments = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      Optional<String> words = filter.search().flatMap(typed -> Search.query(sql, typed));
      words.ifPresent(
          query -> {
            text.append(Search.join(sql));
            arguments.add(query);
          });
      text.append(" WHERE state = 'published'");
      if (filter.search().isPresent() && words.isEmpty()) {
        text.append(" AND 1 = 0");
      }
      filter
          .level()
          .ifPresent(
              level -> {
                text.append(" AND level = ?");
                arguments.add(level);
              });
      filter
          .tag()
          .ifPresent(
              tag -> {
                text.append(
                    " AND EXISTS (SELECT 1 FROM course_tags t WHERE t.course = code AND t.tag = ?)");
                arguments.add(tag);
              });
      return new Query(text.toString(), arguments);
    }
  }

  /**
   * A page of what was asked for.
   *
   * @param number counted from 1; past the last one it is the last one
   */
  CoursePage page(Filter filter, int number) {
    return database.read(sql -> page(sql, filter, number));
  }

  private static CoursePage page(Sql sql, Filter filter, int number) throws SQLException {
    Query query = Query.of(sql, filter);
    int total =
        Math.toIntExact(
            sql.number(
                "SELECT count(*) FROM courses " + query.joinAndWhere(),
                query.arguments().toArray()));
    int shown = Math.min(number, CoursePage.last(total));
    boolean ranked = query.joinAndWhere().startsWith("JOIN");
    String order = !ranked && filter.sort().isEmpty() ? Filter.ALL.order() : filter.order();
    List<Course> courses =
        sql.list(
            Courses::course,
            Courses.COLUMNS + query.joinAndWhere() + " ORDER BY " + order + " LIMIT ? OFFSET ?",
            query.and(CoursePage.SIZE, (shown - 1L) * CoursePage.SIZE));
    return new CoursePage(courses, shown, total, levels(sql, filter), topics(sql, filter));
  }

  private static List<CoursePage.Count> levels(Sql sql, Filter filter) throws SQLException {
    Query query = Query.of(sql, filter.withLevel(Optional.empty()));
    return sql.list(
        row -> new CoursePage.Count(row.getString(1), row.getInt(2)),
        "SELECT level, count(*) FROM courses " + query.joinAndWhere() + " GROUP BY level",
        query.arguments().toArray());
  }

  /** The most frequent ones; a tag that says what a level says is none. */
  private static List<CoursePage.Count> topics(Sql sql, Filter filter) throws SQLException {
    Query query = Query.of(sql, filter.withTag(Optional.empty()));
    return sql.list(
        row -> new CoursePage.Count(row.getString(1), row.getInt(2)),
        "SELECT tag, count(*) FROM course_tags JOIN courses ON course = code "
            + query.joinAndWhere()
            + " AND tag NOT IN ('beginner', 'intermediate', 'advanced')"
            + " GROUP BY tag ORDER BY count(*) DESC, tag LIMIT ?",
        query.and(TOPICS));
  }
}
