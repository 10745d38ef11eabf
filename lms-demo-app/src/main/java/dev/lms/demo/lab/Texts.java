// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the page of an experiment says.
 *
 * @param id its place below {@code /lab}
 * @param question what people ask who have the problem
 * @param todo what to do
 * @param see what one sees
 * @param why why that is, a paragraph each
 * @param code what cures it
 */
record Texts(
    String id,
    String title,
    String question,
    String todo,
    String see,
    List<String> why,
    String code) {

  /** Of all experiments, in the order of the lab. */
  static List<Texts> all() {
    try (InputStream in = Texts.class.getResourceAsStream("experiments.json")) {
      if (in == null) {
        throw new IllegalStateException("the program is incomplete: experiments.json is missing");
      }
      return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .getAsJsonArray()
          .asList()
          .stream()
          .map(each -> of(each.getAsJsonObject()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Texts of(JsonObject json) {
    return new Texts(
        json.get("id").getAsString(),
        json.get("title").getAsString(),
        json.get("question").getAsString(),
        json.get("todo").getAsString(),
        json.get("see").getAsString(),
        json.getAsJsonArray("why").asList().stream().map(JsonElement::getAsString).toList(),
        json.get("code").getAsString());
  }
}
