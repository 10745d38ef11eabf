// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageStore;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the module exports is what {@code src/test/resources/exported-api.txt} says: nobody changes
 * it without noticing. What it is now is written to {@code target/exported-api.txt}.
 */
class ExportedApiTest {
  private static final Path ANNOUNCED = Path.of("src/test/resources/exported-api.txt");
  private static final Path NOW = Path.of("target/exported-api.txt");
  private static final Pattern NAMED =
      Pattern.compile("dev\\.lms(\\.[a-z]\\w*)+\\.[A-Z]\\w*(\\$\\w+)*");
  private static final int MOST_PARAMETERS = 4;

  @Test
  void nothingChangesUnannounced() throws Exception {
    String now = api();
    Files.writeString(NOW, now);
    assertEquals(Files.readString(ANNOUNCED), now, "if it is meant, copy " + NOW + " to it");
  }

  @Test
  void noConstructorHasMoreThanFourParameters() throws Exception {
    List<String> longer = new ArrayList<>();
    for (Class<?> type : types()) {
      for (Constructor<?> constructor : type.getConstructors()) {
        if (constructor.getParameterCount() > MOST_PARAMETERS) {
          longer.add(constructor.toString());
        }
      }
    }
    assertEquals(List.of(), longer);
  }

  /** Whoever reads a signature can write it down. */
  @Test
  void noSignatureNamesWhatIsNotExported() throws Exception {
    TreeSet<String> hidden = new TreeSet<>();
    for (Class<?> type : types()) {
      NAMED.matcher(signatures(type)).results().forEach(found -> hidden.add(found.group()));
    }
    assertTrue(hidden.size() > 20, "only " + hidden);
    types().forEach(type -> hidden.remove(type.getName()));
    assertEquals(new TreeSet<>(), hidden);
  }

  private static String signatures(Class<?> type) {
    StringBuilder text = new StringBuilder(type.toGenericString());
    text.append(' ').append(type.getGenericSuperclass());
    text.append(Arrays.toString(type.getGenericInterfaces()));
    Stream.of(type.getDeclaredConstructors(), type.getDeclaredMethods())
        .flatMap(Arrays::stream)
        .filter(member -> isSeen(type, member))
        .forEach(member -> text.append(' ').append(member.toGenericString()));
    Arrays.stream(type.getDeclaredFields())
        .filter(field -> isSeen(type, field))
        .forEach(field -> text.append(' ').append(field.toGenericString()));
    return text.toString();
  }

  @Test
  void theFrontIsSmall() throws Exception {
    assertTrue(count("dev.lms.pagecache") <= 20, "types of the front");
    assertTrue(count("dev.lms.pagecache.store") <= 6, "types for authors of stores");
    assertEquals(1, count("dev.lms.pagecache.httpserver"), "types of the adapter");
    assertTrue(PageStore.class.getMethods().length <= 7, "methods of a store");
  }

  private static long count(String name) throws Exception {
    return types().stream()
        .filter(type -> type.getPackageName().equals(name) && type.getEnclosingClass() == null)
        .count();
  }

  private static String api() throws Exception {
    TreeMap<String, TreeSet<String>> all = new TreeMap<>();
    for (Class<?> type : types()) {
      TreeSet<String> members = new TreeSet<>();
      Stream.of(type.getDeclaredConstructors(), type.getDeclaredMethods(), type.getDeclaredFields())
          .flatMap(Arrays::stream)
          .filter(member -> isSeen(type, (Member) member))
          .forEach(member -> members.add(describe((Member) member)));
      all.put(kind(type) + ' ' + type.getName(), members);
    }
    StringBuilder text = new StringBuilder();
    all.forEach(
        (type, members) -> {
          text.append(type).append('\n');
          members.forEach(member -> text.append("  ").append(member).append('\n'));
        });
    return text.toString();
  }

  private static boolean isSeen(Class<?> type, Member member) {
    int modifiers = member.getModifiers();
    boolean inherited = Modifier.isProtected(modifiers) && !Modifier.isFinal(type.getModifiers());
    return !member.isSynthetic() && (Modifier.isPublic(modifiers) || inherited);
  }

  private static String describe(Member member) {
    if (member instanceof Executable executable) {
      String result =
          executable instanceof Method method
              ? method.getGenericReturnType().getTypeName() + ' ' + method.getName()
              : "new";
      List<String> parameters =
          Arrays.stream(executable.getGenericParameterTypes())
              .map(parameter -> parameter.getTypeName())
              .toList();
      return modifiers(member) + result + '(' + String.join(", ", parameters) + ')';
    }
    java.lang.reflect.Field field = (java.lang.reflect.Field) member;
    return modifiers(member) + field.getGenericType().getTypeName() + ' ' + field.getName();
  }

  private static String modifiers(Member member) {
    boolean mayBeOverridden =
        member instanceof Method method
            && method.getDeclaringClass().isInterface()
            && Modifier.isAbstract(method.getModifiers());
    return (Modifier.isProtected(member.getModifiers()) ? "protected " : "")
        + (Modifier.isStatic(member.getModifiers()) ? "static " : "")
        + (mayBeOverridden ? "abstract " : "");
  }

  private static String kind(Class<?> type) {
    if (type.isEnum()) {
      return "enum";
    }
    if (type.isInterface()) {
      return type.isSealed() ? "sealed interface" : "interface";
    }
    if (type.isRecord()) {
      return "record";
    }
    return Modifier.isFinal(type.getModifiers()) ? "final class" : "class";
  }

  /** The public types of the exported packages, nested ones included. */
  private static List<Class<?>> types() throws IOException, URISyntaxException {
    Path classes =
        Path.of(PageCache.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> types = new ArrayList<>();
    for (String name : exported(classes.resolve("module-info.class"))) {
      try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
            .map(file -> name + '.' + file.replace(".class", ""))
            .map(ExportedApiTest::load)
            .filter(ExportedApiTest::isPublic)
            .forEach(types::add);
      }
    }
    return types;
  }

  /** As the compiled descriptor says: to everybody, not to chosen modules. */
  private static Set<String> exported(Path descriptor) throws IOException {
    try (InputStream in = Files.newInputStream(descriptor)) {
      return ModuleDescriptor.read(in).exports().stream()
          .filter(export -> !export.isQualified())
          .map(ModuleDescriptor.Exports::source)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, ExportedApiTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isPublic(Class<?> type) {
    for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
      if (!Modifier.isPublic(outer.getModifiers())) {
        return false;
      }
    }
    return !type.isAnonymousClass() && !type.isSynthetic();
  }
}
