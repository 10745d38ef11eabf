// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.adapter;

import dev.lms.pagecache.PageAnswer;
import dev.lms.pagecache.PageRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An answer whose server is told of it when it begins, and that knows whether all of it left. */
final class HeldAnswer implements PageAnswer {
  private final boolean headOnly;
  private final PageAdapter.BeforeAnswer before;
  private final PageAdapter.Beginning server;
  private final AnswerFields fields = new AnswerFields();
  private @Nullable Sent sent;
  private boolean cutOff;

  HeldAnswer(PageRequest request, PageAdapter.BeforeAnswer before, PageAdapter.Beginning server) {
    this.headOnly = request.method().equals("HEAD");
    this.before = before;
    this.server = server;
  }

  @Override
  public Set<String> names() {
    return fields.lines().keySet();
  }

  @Override
  public List<String> lines(String name) {
    return fields.lines().getOrDefault(name, List.of());
  }

  @Override
  public void set(String name, String line) {
    fields.replace(name, List.of(line));
  }

  @Override
  public void replace(String name, List<String> lines) {
    fields.replace(name, lines);
  }

  @Override
  public void add(String name, String line) {
    fields.add(name, line);
  }

  @Override
  public void remove(String name) {
    fields.remove(name);
  }

  @Override
  public OutputStream begin(int status, long length) throws IOException {
    if (hasBegun()) {
      throw new IOException("The answer was begun already");
    }
    AnswerFields told = new AnswerFields();
    int now = before.before(status, told);
    if (now != status) {
      fields.keepOnly("Cache-Status");
      fields.replace("Cache-Control", List.of("no-store"));
    }
    told.lines().forEach((name, lines) -> lines.forEach(line -> fields.tell(name, line)));
    long promised = now == status ? length : NO_BODY;
    tellLength(now, promised);
    long follows = headOnly ? NO_BODY : promised;
    sent = new Sent(server.begin(now, fields, follows != NO_BODY), follows);
    return sent;
  }

  private void tellLength(int status, long length) {
    boolean isWithoutBody = status < 200 || status == 204 || status == 304;
    if (isWithoutBody || length == UNKNOWN_LENGTH) {
      fields.remove("Content-Length");
    } else if (length > 0 || !headOnly) {
      fields.replace("Content-Length", List.of(Long.toString(Math.max(0, length))));
    }
  }

  boolean hasBegun() {
    return sent != null;
  }

  @Override
  public void end() {
    Sent begun = sent;
    if (begun != null) {
      begun.endQuietly();
    }
  }

  @Override
  public void cutOff() {
    cutOff = true;
  }

  /** Ends what the program left open, if that was all of it. */
  void finish() throws IOException {
    Sent begun = sent;
    if (begun == null) {
      throw new IOException("The program returned without an answer");
    }
    if (begun.length == UNKNOWN_LENGTH && !begun.closed) {
      throw new CutOffException("The program returned without closing the body of its answer");
    }
    begun.close();
  }

  /** The server's stream. Of an answer without a body it gets nothing. */
  private final class Sent extends OutputStream {
    private final OutputStream out;
    private final long length;
    private long left;
    private boolean closed;

    Sent(OutputStream out, long length) {
      this.out = out;
      this.length = length;
      this.left = Math.max(0, length);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      check();
      if (length == NO_BODY) {
        return;
      }
      if (length > 0 && count > left) {
        throw new CutOffException("More bytes than announced");
      }
      left -= count;
      out.write(bytes, from, count);
    }

    @Override
    public void flush() throws IOException {
      check();
      if (length != NO_BODY) {
        out.flush();
      }
    }

    private void check() throws IOException {
      if (cutOff) {
        throw new CutOffException("The answer was cut off");
      }
    }

    @Override
    public void close() throws IOException {
      check();
      if (!closed) {
        if (length > 0 && left > 0) {
          throw new CutOffException(left + " bytes fewer than announced");
        }
        closed = true;
        out.close();
      }
    }

    void endQuietly() {
      try {
        close();
      } catch (IOException e) {
        cutOff = true; // What finishes the request tells.
      }
    }
  }
}
