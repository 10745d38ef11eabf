// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.course.Edit;
import dev.lms.demo.view.FieldError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EditFormTest {
  private static EditForm form(Map<String, String> fields) {
    return EditForm.of(name -> Optional.ofNullable(fields.get(name)));
  }

  @Test
  void absentFieldsStayAbsent() {
    assertEquals(
        new EditForm(
            new Edit(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            List.of()),
        form(Map.of()));
  }

  @Test
  void textIsCleaned() {
    EditForm form =
        form(
            Map.of(
                "title", "  A\r\n \ttitle\u0000 ",
                "description", "One.\r\n\r\nTwo.\u0007\n",
                "tags", "Java, web , java,, Data \t science"));
    assertEquals(List.of(), form.errors());
    assertEquals(Optional.of("A title"), form.edit().title());
    assertEquals(Optional.of("One.\n\nTwo."), form.edit().description());
    assertEquals(Optional.of(List.of("java", "web", "data-science")), form.edit().tags());
  }

  @Test
  void noTagsIsAChoice() {
    assertEquals(Optional.of(List.of()), form(Map.of("tags", " ")).edit().tags());
  }

  @Test
  void limitsCountCharactersAndAreNamed() {
    assertEquals(List.of(), form(Map.of("title", "💡".repeat(120))).errors());
    assertEquals(List.of(), form(Map.of("description", "x".repeat(10_000))).errors());
    assertError(Map.of("title", "x".repeat(121)), "121");
    assertError(Map.of("title", "  "), "title is empty");
    assertError(Map.of("description", "x".repeat(10_001)), "10000");
    assertError(Map.of("description", ""), "description is empty");
    assertError(Map.of("tags", "a,b,c,d,e,f,g,h,i,j,k"), "11");
    assertError(Map.of("tags", "c++"), "c++");
    assertError(Map.of("tags", "-x"), "-x");
    assertError(Map.of("tags", "x".repeat(31)), "30");
  }

  private static void assertError(Map<String, String> fields, String part) {
    List<FieldError> errors = form(fields).errors();
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.getFirst().message().contains(part), errors.toString());
    assertEquals(fields.keySet(), Set.of(errors.getFirst().field()));
  }
}
