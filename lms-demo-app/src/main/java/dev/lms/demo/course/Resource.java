// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

/**
 * A lesson of a course.
 *
 * @param id part of its address
 * @param course the code of its course
 * @param position counted from 1 within the course, without gaps
 * @param body as {@link dev.lms.demo.view.Markup} reads it
 */
public record Resource(String id, String course, int position, String title, String body) {
  /** Names what its form shows. */
  public String version() {
    return Version.of(title, body);
  }
}
