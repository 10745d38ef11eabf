// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.json;

import static java.util.Objects.requireNonNull;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON that reads back as it was written. It is a class of its own, so that only
 * its users need gson. Thread-safe.
 *
 * @param <T> the type of the values
 */
public final class Json<T> {
  private final String name;
  private final Gson gson;
  private final Type type;
  private final NullRule nulls;

  /**
   * Prepares to write and read values of a type.
   *
   * @param name the attribute's name, for messages
   * @param type what {@code T} is
   * @throws IllegalArgumentException if nothing of the type can be read back
   */
  public Json(String name, Type type) {
    this.name = name;
    this.type = type;
    this.nulls = NullRule.of(type);
    this.gson = new GsonBuilder().registerTypeAdapterFactory(new StrictJson()).create();
    try {
      ReadableType.check(type);
      requireNonNull(gson.getAdapter(TypeToken.get(type)));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "attribute '%s' cannot be kept as JSON: %s. Keep something simpler, or say with"
                  .formatted(name, e.getMessage())
              + " SessionKey.of how it becomes text and back",
          e);
    }
  }

  /**
   * Writes a value, after a check that its text reads back as the same value.
   *
   * @param value the value
   * @return its JSON
   * @throws IllegalArgumentException if it does not read back
   */
  public String write(T value) {
    String text;
    String again;
    try {
      text = gson.toJson(value, type);
      T back = read(text);
      again = back == null ? "null" : gson.toJson(back, type);
    } catch (RuntimeException | StackOverflowError e) {
      throw new IllegalArgumentException(
          "attribute '%s' cannot be kept as JSON and read back: %s".formatted(name, e), e);
    }
    if (again.equals("null") || !again.equals(text)) {
      throw new IllegalArgumentException(
          "attribute '%s' would be read back as something else: its value is null, or holds"
                  .formatted(name)
              + " something of another class than declared");
    }
    return text;
  }

  /**
   * Reads a value.
   *
   * @param text JSON that {@link #write} returned, or any other text
   * @return the value; null if the text says so
   */
  public @Nullable T read(String text) {
    T value = gson.fromJson(text, type);
    if (value != null && !nulls.allows(value)) {
      throw new JsonParseException("null where none may be");
    }
    return value;
  }
}
