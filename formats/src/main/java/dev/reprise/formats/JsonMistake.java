package dev.reprise.formats;

import com.fasterxml.jackson.core.JsonProcessingException;

/** What is wrong with a JSON text. */
public final class JsonMistake {
  /** What the parser adds about the source of a text, which it does not keep. */
  private static final String START = " (start marker at";

  private JsonMistake() {}

  /** The parser's words without its own settings; where it is, is said elsewhere. */
  public static String words(JsonProcessingException mistake) {
    String words = mistake.getOriginalMessage();
    int start = words.indexOf(START);
    return start < 0 ? words : words.substring(0, start);
  }
}
