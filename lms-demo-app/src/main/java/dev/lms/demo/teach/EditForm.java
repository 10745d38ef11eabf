// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.teach;

import dev.lms.demo.course.Edit;
import dev.lms.demo.course.Level;
import dev.lms.demo.view.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What came in the edit form, cleaned, and what is wrong with it.
 *
 * @param edit meaningful only without errors
 */
record EditForm(Edit edit, List<FieldError> errors) {
  static final int TITLE = 120;
  static final int DESCRIPTION = 10_000;
  static final int TAGS = 10;
  static final int CREDITS = 30;

  private static final Pattern TAG = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?");
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

  EditForm {
    errors = List.copyOf(errors);
  }

  /** Reads the form; a field that was not sent changes nothing. */
  static EditForm of(Function<String, Optional<String>> field) {
    List<FieldError> errors = new ArrayList<>();
    Optional<String> title = field.apply("title").map(text -> clean(text).replaceAll("\\s+", " "));
    Optional<String> description = field.apply("description").map(EditForm::clean);
    Optional<List<String>> tags = field.apply("tags").map(EditForm::tags);
    title.ifPresent(text -> checkLength("title", text, TITLE, errors));
    description.ifPresent(text -> checkLength("description", text, DESCRIPTION, errors));
    tags.ifPresent(all -> checkTags(all, errors));
    Optional<Integer> credits = field.apply("credits").flatMap(text -> credits(text, errors));
    Optional<Level> level = field.apply("level").flatMap(text -> level(text, errors));
    return new EditForm(new Edit(title, description, tags, credits, level), errors);
  }

  private static Optional<Integer> credits(String text, List<FieldError> errors) {
    String digits = text.strip();
    if (digits.matches("[1-9][0-9]?") && Integer.parseInt(digits) <= CREDITS) {
      return Optional.of(Integer.valueOf(digits));
    }
    errors.add(new FieldError("credits", "Credits are a whole number from 1 to " + CREDITS + "."));
    return Optional.empty();
  }

  private static Optional<Level> level(String text, List<FieldError> errors) {
    Optional<Level> level = Level.of(text);
    if (level.isEmpty()) {
      errors.add(new FieldError("level", "Choose one of the levels."));
    }
    return level;
  }

  static String clean(String text) {
    return CONTROLS.matcher(text.replace("\r\n", "\n").replace('\r', '\n')).replaceAll("").strip();
  }

  /** With commas between them, as the form says; a tag of two words is joined by a hyphen. */
  private static List<String> tags(String text) {
    return Pattern.compile(",")
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .map(tag -> tag.strip().replaceAll("\\s+", "-"))
        .filter(tag -> !tag.isEmpty())
        .distinct()
        .toList();
  }

  static void checkLength(String field, String text, int most, List<FieldError> errors) {
    int length = text.codePointCount(0, text.length());
    if (length == 0) {
      errors.add(new FieldError(field, "The " + field + " is empty. Write at least one word."));
    } else if (length > most) {
      errors.add(
          new FieldError(
              field,
              "The "
                  + field
                  + " has "
                  + length
                  + " characters; shorten it to at most "
                  + most
                  + "."));
    }
  }

  private static void checkTags(List<String> tags, List<FieldError> errors) {
    if (tags.size() > TAGS) {
      errors.add(
          new FieldError("tags", "There are " + tags.size() + " tags; keep at most " + TAGS + "."));
    }
    for (String tag : tags) {
      if (!TAG.matcher(tag).matches()) {
        errors.add(
            new FieldError(
                "tags",
                "The tag “"
                    + tag
                    + "” cannot be used. Take up to 30 letters a to z, digits and hyphens."));
      }
    }
  }
}
