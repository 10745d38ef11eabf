// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Mustache;
import com.github.mustachejava.MustacheException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;

/**
 * The mustache templates of the class path, compiled at first use. {@code {{name}}} escapes; only
 * what a hole gives is printed raw. Thread-safe.
 */
final class Templates {
  private final DefaultMustacheFactory factory =
      new DefaultMustacheFactory("templates") {
        @Override
        public void encode(String value, Writer writer) {
          try {
            writer.write(Html.escape(value));
          } catch (IOException e) {
            throw new MustacheException("cannot write", e);
          }
        }
      };

  /** Fills a template; names are looked up in the last scope first. */
  String render(String template, Object... scopes) {
    Mustache mustache = factory.compile(template + ".mustache");
    StringWriter out = new StringWriter(12 * 1024);
    mustache.execute(out, scopes);
    return out.toString();
  }
}
