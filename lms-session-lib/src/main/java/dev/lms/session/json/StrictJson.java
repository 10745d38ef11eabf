// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.json;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes gson refuse what it would take silently: types that it cannot make again, constants that an
 * enum does not have (null by default), null in a component of a record that may not be null, and
 * numbers that it reads but does not write (infinity and none).
 */
final class StrictJson implements TypeAdapterFactory {
  @Override
  public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
    Class<? super T> raw = type.getRawType();
    if (ReadableType.isEnum(raw)) {
      return new StrictEnum<>(gson.getDelegateAdapter(this, type));
    }
    if (raw == double.class || raw == Double.class || raw == float.class || raw == Float.class) {
      return new FiniteNumber<>(gson.getDelegateAdapter(this, type));
    }
    ReadableType.check(type.getType());
    if (raw.isRecord()) {
      List<Component> components = new ArrayList<>();
      for (RecordComponent component : raw.getRecordComponents()) {
        ReadableType.check(component.getGenericType());
        if (!component.getType().isPrimitive()) {
          components.add(Component.of(component));
        }
      }
      return new StrictRecord<>(gson.getDelegateAdapter(this, type), components);
    }
    if (!raw.getName().startsWith("java.")) {
      for (Field field : raw.getDeclaredFields()) {
        if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0
            && !field.isSynthetic()) {
          ReadableType.check(field.getGenericType());
        }
      }
    }
    return null;
  }

  private static final class StrictEnum<T> extends TypeAdapter<T> {
    private final TypeAdapter<T> constants;

    StrictEnum(TypeAdapter<T> constants) {
      this.constants = constants;
    }

    @Override
    public void write(JsonWriter out, @Nullable T value) throws IOException {
      constants.write(out, value);
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      boolean isNull = in.peek() == JsonToken.NULL;
      T value = constants.read(in);
      if (value == null && !isNull) {
        throw new JsonParseException("no constant of this name, at " + in.getPath());
      }
      return value;
    }
  }

  private static final class FiniteNumber<T> extends TypeAdapter<T> {
    private final TypeAdapter<T> numbers;

    FiniteNumber(TypeAdapter<T> numbers) {
      this.numbers = numbers;
    }

    @Override
    public void write(JsonWriter out, @Nullable T value) throws IOException {
      numbers.write(out, value);
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      T value = numbers.read(in);
      if (value instanceof Number number && !Double.isFinite(number.doubleValue())) {
        throw new JsonParseException("no finite number, at " + in.getPath());
      }
      return value;
    }
  }

  private record Component(RecordComponent declared, Method accessor, NullRule nulls) {
    static Component of(RecordComponent declared) {
      Method accessor = declared.getAccessor();
      try {
        accessor.setAccessible(true);
      } catch (InaccessibleObjectException e) {
        throw new IllegalArgumentException(
            "open the package of %s to dev.lms.session and com.google.gson"
                .formatted(declared.getDeclaringRecord().getName()),
            e);
      }
      return new Component(declared, accessor, NullRule.of(declared));
    }

    void check(Object value) {
      Object content;
      try {
        content = accessor.invoke(value);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new JsonParseException(this + " cannot be read", e);
      }
      if (!nulls.allows(content)) {
        throw new JsonParseException(this + " is or holds null, and is not declared @Nullable");
      }
    }

    @Override
    public String toString() {
      return "component '%s' of %s"
          .formatted(declared.getName(), declared.getDeclaringRecord().getSimpleName());
    }
  }

  private static final class StrictRecord<T> extends TypeAdapter<T> {
    private final TypeAdapter<T> record;
    private final List<Component> components;

    StrictRecord(TypeAdapter<T> record, List<Component> components) {
      this.record = record;
      this.components = components;
    }

    @Override
    public void write(JsonWriter out, @Nullable T value) throws IOException {
      check(value);
      record.write(out, value);
    }

    @Override
    public @Nullable T read(JsonReader in) throws IOException {
      T value = record.read(in);
      check(value);
      return value;
    }

    private void check(@Nullable T value) {
      if (value != null) {
        for (Component component : components) {
          component.check(value);
        }
      }
    }
  }
}
