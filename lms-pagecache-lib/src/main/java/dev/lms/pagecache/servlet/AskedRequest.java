// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import dev.lms.pagecache.PageRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/** A request as if it had another method, for functions that look at the request. */
final class AskedRequest extends HttpServletRequestWrapper {
  private final PageRequest asked;

  AskedRequest(HttpServletRequest request, PageRequest asked) {
    super(request);
    this.asked = asked;
  }

  @Override
  public String getMethod() {
    return asked.method();
  }
}
