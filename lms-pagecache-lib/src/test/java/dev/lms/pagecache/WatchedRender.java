// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A render of which only the request counts. */
public final class WatchedRender implements PageRender {
  private final KeyedRequest request;

  /**
   * @param sent the header fields of the request
   * @param keyed lower-case names of those in the key
   */
  public WatchedRender(Map<String, List<String>> sent, Set<String> keyed) {
    this.request =
        new KeyedRequest(
            new Sent(sent), Pages.key("/"), keyed, Map.of(), PageRule.Profile.DECLARED);
  }

  private record Sent(Map<String, List<String>> fields) implements PageRequest {
    @Override
    public String method() {
      return "GET";
    }

    @Override
    public URI target() {
      return URI.create("/");
    }

    @Override
    public List<String> lines(String name) {
      return fields.getOrDefault(name, List.of());
    }
  }

  public boolean readUnkeyed() {
    return request.readUnkeyed();
  }

  @Override
  public PageRequest request() {
    return request;
  }

  @Override
  public void reads(String field) {
    request.reads(field);
  }

  @Override
  public void readsAll() {
    request.readsUnkeyed();
  }

  @Override
  public void readsConnection() {
    request.readsUnkeyed();
  }

  @Override
  public void readsPeer() {}

  @Override
  public void answersElsewhere() {}

  @Override
  public String hole(String name) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public Variant variant() {
    return Variant.ANON;
  }

  @Override
  public int status() {
    return -1;
  }

  @Override
  public void begin(int status, Map<String, List<String>> fields, long length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public OutputStream body() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public void close() {}
}
