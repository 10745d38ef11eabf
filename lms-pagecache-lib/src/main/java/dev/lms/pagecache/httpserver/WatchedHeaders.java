// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import dev.lms.pagecache.PageRender;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request headers a handler sees whose page may be stored. Whatever of them it reads is told;
 * all other methods of a map read through these. Methods that only write tell nothing.
 */
final class WatchedHeaders extends Headers {
  private final PageRender render;

  WatchedHeaders(PageRender render) {
    this.render = render;
    putAll(render.request().fields());
  }

  @Override
  public @Nullable List<String> get(Object name) {
    render.reads(String.valueOf(name));
    return super.get(name);
  }

  @Override
  public @Nullable String getFirst(String name) {
    render.reads(name);
    return super.getFirst(name);
  }

  @Override
  public boolean containsKey(Object name) {
    render.reads(String.valueOf(name));
    return super.containsKey(name);
  }

  @Override
  public @Nullable List<String> put(String name, List<String> lines) {
    render.reads(name);
    return super.put(name, lines);
  }

  @Override
  public void set(String name, String line) {
    super.put(name, new ArrayList<>(List.of(line)));
  }

  @Override
  public void putAll(Map<? extends String, ? extends List<String>> fields) {
    fields.forEach((name, lines) -> super.put(name, new ArrayList<>(lines)));
  }

  @Override
  public @Nullable List<String> remove(Object name) {
    render.reads(String.valueOf(name));
    return super.remove(name);
  }

  @Override
  public boolean containsValue(Object value) {
    render.readsAll();
    return super.containsValue(value);
  }

  @Override
  public int size() {
    render.readsAll();
    return super.size();
  }

  @Override
  public boolean isEmpty() {
    render.readsAll();
    return super.isEmpty();
  }

  @Override
  public Set<String> keySet() {
    render.readsAll();
    return super.keySet();
  }

  @Override
  public Collection<List<String>> values() {
    render.readsAll();
    return super.values();
  }

  @Override
  public Set<Map.Entry<String, List<String>>> entrySet() {
    render.readsAll();
    return super.entrySet();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    render.readsAll();
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    render.readsAll();
    return super.hashCode();
  }

  @Override
  public String toString() {
    render.readsAll();
    return super.toString();
  }
}
