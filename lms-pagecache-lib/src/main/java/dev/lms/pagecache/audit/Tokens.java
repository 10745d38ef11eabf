// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.audit;

import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.Slice;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A body in words: runs of letters and digits, single other characters, and whole holes. */
final class Tokens {
  /** In no text that anybody would send: it keeps a hole apart from its name written out. */
  private static final char HOLE = '\uffff';

  private final List<String> words = new ArrayList<>();

  static Tokens of(Body body) {
    Tokens tokens = new Tokens();
    ByteArrayOutputStream literal = new ByteArrayOutputStream();
    for (Body.Part part : body.parts()) {
      if (part instanceof Body.Part.Literal text) {
        Slice bytes = text.bytes();
        literal.write(bytes.array, bytes.offset, bytes.length);
      } else {
        tokens.split(text(literal.toByteArray()));
        literal.reset();
        tokens.words.add(HOLE + ((Body.Part.Hole) part).name());
      }
    }
    tokens.split(text(literal.toByteArray()));
    return tokens;
  }

  static Tokens of(String text) {
    Tokens tokens = new Tokens();
    tokens.split(text);
    return tokens;
  }

  /** What is no UTF-8 is compared byte by byte. */
  private static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  private void split(String text) {
    int from = 0;
    while (from < text.length()) {
      int to = from + 1;
      if (isOfAWord(text.charAt(from))) {
        while (to < text.length() && isOfAWord(text.charAt(to))) {
          to++;
        }
      }
      words.add(text.substring(from, to));
      from = to;
    }
  }

  /** Signs of Base64 too: chance must not make two tokens of one secret. */
  private static boolean isOfAWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '+';
  }

  List<String> words() {
    return words;
  }

  /** What stands between two words, with holes by their names. */
  String text(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (String word : words.subList(from, to)) {
      if (word.charAt(0) == HOLE) {
        text.append('{').append(word, 1, word.length()).append('}');
      } else {
        text.append(word);
      }
    }
    return text.toString();
  }

  /** Line and column of a word, both counted from one. */
  String place(int at) {
    String before = text(0, at);
    int line = 1;
    for (int i = 0; i < before.length(); i++) {
      line += before.charAt(i) == '\n' ? 1 : 0;
    }
    return "line " + line + ", column " + (before.length() - before.lastIndexOf('\n'));
  }
}
