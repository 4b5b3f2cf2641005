package dev.reprise.runtime.cpu.frame;

import java.util.Arrays;

/** Numbers distinct texts 1, 2, ... in the order in which they first come; 0 is none. */
final class StringIndex {
  private static final int SMALLEST = 64;

  private String[] keys = new String[SMALLEST];
  private int[] codes = new int[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  /** The text's number, or 0. */
  int find(String text) {
    return codes[place(text)];
  }

  /** The text's number, a new one when it comes first. */
  int add(String text) {
    int place = place(text);
    return codes[place] != 0 ? codes[place] : put(place, text, size + 1);
  }

  /** Gives a text that is not there yet a number of its own. */
  void put(String text, int code) {
    put(place(text), text, code);
  }

  private int put(int place, String text, int code) {
    keys[place] = text;
    codes[place] = code;
    size++;
    if (size * 2 > keys.length) {
      grow();
    }
    return code;
  }

  private int place(String text) {
    int mask = keys.length - 1;
    int hash = text.hashCode();
    int place = (hash ^ hash >>> 16) & mask;
    while (codes[place] != 0 && !text.equals(keys[place])) {
      place = place + 1 & mask;
    }
    return place;
  }

  private void grow() {
    String[] oldKeys = keys;
    int[] oldCodes = codes;
    keys = new String[oldKeys.length * 2];
    codes = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldCodes[i] != 0) {
        int place = place(oldKeys[i]);
        keys[place] = oldKeys[i];
        codes[place] = oldCodes[i];
      }
    }
  }

  /** The texts by number, from place 0 on; null where no text has the number. */
  String[] texts() {
    String[] texts = new String[Arrays.stream(codes).max().orElse(0)];
    for (int i = 0; i < keys.length; i++) {
      if (codes[i] != 0) {
        texts[codes[i] - 1] = keys[i];
      }
    }
    return texts;
  }
}
