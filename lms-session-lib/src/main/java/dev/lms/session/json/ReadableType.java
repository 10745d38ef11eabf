// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.json;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Refuses what JSON does not say enough about: which class to make, or what its text means. What a
 * type is made of is looked at when gson asks for it.
 */
final class ReadableType {
  /** What gson makes where a collection or a map is declared by an interface. */
  private static final List<Class<?>> MADE =
      List.of(
          ArrayList.class,
          LinkedHashSet.class,
          TreeSet.class,
          ArrayDeque.class,
          LinkedHashMap.class,
          TreeMap.class,
          ConcurrentHashMap.class,
          ConcurrentSkipListMap.class);

  /** What is the same value again when it is read from the name of a member. */
  private static final Set<Class<?>> KEYS =
      Set.of(
          String.class,
          Boolean.class,
          Character.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          BigInteger.class,
          BigDecimal.class,
          UUID.class,
          URI.class,
          Locale.class,
          Currency.class);

  private ReadableType() {}

  /**
   * Looks at a type and its type arguments.
   *
   * @throws IllegalArgumentException with the reason
   */
  static void check(Type type) {
    if (type instanceof Class<?> plain) {
      checkPlain(plain);
    } else if (type instanceof ParameterizedType generic) {
      Class<?> raw = (Class<?>) generic.getRawType();
      checkClass(raw);
      for (Type argument : generic.getActualTypeArguments()) {
        check(argument);
      }
      if (Map.class.isAssignableFrom(raw)) {
        checkKey(generic.getActualTypeArguments()[0]);
      }
    } else if (type instanceof GenericArrayType array) {
      check(array.getGenericComponentType());
    } else if (type instanceof WildcardType wildcard) {
      check(wildcard.getUpperBounds()[0]);
    }
    // What a variable stands for is looked at where it is said.
  }

  private static void checkPlain(Class<?> type) {
    if (type.isArray()) {
      check(type.getComponentType());
      return;
    }
    checkClass(type);
    if (type.getTypeParameters().length > 0) {
      throw refused(
          type, "does not say what is in it: declare the key with all its type arguments");
    }
  }

  private static void checkKey(Type type) {
    Type key = type instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : type;
    boolean readable = key instanceof Class<?> plain && (KEYS.contains(plain) || isEnum(plain));
    if (!readable) {
      throw new IllegalArgumentException(
          key.getTypeName() + " cannot be the key of a map, which is a text in JSON");
    }
  }

  private static void checkClass(Class<?> type) {
    if (type == Object.class || type == Number.class) {
      throw refused(type, "does not say what it is");
    }
    if (type == void.class || type == Void.class || type == Class.class) {
      throw refused(type, "is no value");
    }
    if (Date.class.isAssignableFrom(type) || Calendar.class.isAssignableFrom(type)) {
      throw refused(type, "would lose a part of the time, and its text depends on the locale");
    }
    if (isEnum(type) || type.isPrimitive()) {
      return;
    }
    boolean isStatic = Modifier.isStatic(type.getModifiers());
    if (type.isHidden() || (!isStatic && (type.isLocalClass() || type.isAnonymousClass()))) {
      throw refused(type, "is a local class, which nobody else can make");
    }
    if (!isStatic && type.isMemberClass()) {
      throw refused(type, "is an inner class that needs an outer object: make it static");
    }
    if (Modifier.isAbstract(type.getModifiers()) && !isMadeByGson(type)) {
      throw refused(
          type, "is an interface or an abstract class, and JSON does not say which class to make");
    }
  }

  static boolean isEnum(Class<?> type) {
    return Enum.class.isAssignableFrom(type) && type != Enum.class;
  }

  private static boolean isMadeByGson(Class<?> type) {
    boolean isContainer =
        Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
    return isContainer && (type == EnumSet.class || MADE.stream().anyMatch(type::isAssignableFrom));
  }

  private static IllegalArgumentException refused(Class<?> type, String why) {
    return new IllegalArgumentException(type.getName() + " " + why);
  }
}
