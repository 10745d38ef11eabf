// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.json;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a value may be null: where an annotation named {@code Nullable} says so, on a record's
 * component or a type argument. Looks into collections, maps and arrays; records inside have rules
 * of their own.
 *
 * @param nullable whether it may be null itself
 * @param elements what holds for the elements of an array or a collection, or the values of a map
 */
record NullRule(boolean nullable, @Nullable NullRule elements) {
  /** For what is declared without annotations. */
  static NullRule of(Type type) {
    if (type instanceof ParameterizedType generic) {
      List<Type> arguments = List.of(generic.getActualTypeArguments());
      return new NullRule(
          false,
          hasElements(generic.getRawType()) ? of(arguments.get(arguments.size() - 1)) : null);
    }
    if (type instanceof GenericArrayType array) {
      return new NullRule(false, of(array.getGenericComponentType()));
    }
    if (type instanceof Class<?> array && array.isArray()) {
      return new NullRule(false, of(array.getComponentType()));
    }
    return new NullRule(false, null);
  }

  static NullRule of(RecordComponent component) {
    NullRule ofType = of(component.getAnnotatedType());
    return saysNullable(component) ? new NullRule(true, ofType.elements()) : ofType;
  }

  private static NullRule of(AnnotatedType type) {
    @Nullable NullRule elements = null;
    if (type instanceof AnnotatedParameterizedType generic
        && hasElements(((ParameterizedType) type.getType()).getRawType())) {
      List<AnnotatedType> arguments = List.of(generic.getAnnotatedActualTypeArguments());
      elements = of(arguments.get(arguments.size() - 1));
    } else if (type instanceof AnnotatedArrayType array) {
      elements = of(array.getAnnotatedGenericComponentType());
    }
    return new NullRule(saysNullable(type), elements);
  }

  private static boolean hasElements(Type raw) {
    return raw instanceof Class<?> type
        && (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type));
  }

  private static boolean saysNullable(AnnotatedElement element) {
    for (Annotation annotation : element.getAnnotations()) {
      if (annotation.annotationType().getSimpleName().equals("Nullable")) {
        return true;
      }
    }
    return false;
  }

  boolean allows(@Nullable Object value) {
    if (value == null) {
      return nullable;
    }
    if (elements == null) {
      return true;
    }
    if (value instanceof Map<?, ?> map) {
      return map.keySet().stream().noneMatch(key -> key == null) && all(map.values());
    }
    if (value instanceof Collection<?> collection) {
      return all(collection);
    }
    return !(value instanceof Object[] array) || all(Arrays.asList(array));
  }

  private boolean all(Collection<?> values) {
    for (Object value : values) {
      if (elements != null && !elements.allows(value)) {
        return false;
      }
    }
    return true;
  }
}
