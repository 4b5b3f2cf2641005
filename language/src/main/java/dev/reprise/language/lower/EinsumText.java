package dev.reprise.language.lower;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of an {@code einsum}, such as {@code ij,jk->ik}: the letters of each operand and of the
 * result, or what is wrong with it and where.
 *
 * @param at place of the mistake in the text, from 0
 * @param length how many characters are mistaken
 */
record EinsumText(
    List<String> operands, String result, String error, String hint, int at, int length) {

  static EinsumText parse(String text, int operandCount) {
    int arrow = text.indexOf("->");
    if (arrow < 0) {
      return wrong(
          "a text of 'einsum' has '->' before the letters of the result",
          "write \"" + text + "->...\"; a scalar has no letters",
          0,
          text.length());
    }
    List<String> operands = new ArrayList<>();
    int start = 0;
    for (String part : text.substring(0, arrow).split(",", -1)) {
      EinsumText mistake = checked(part, start, "an operand");
      if (mistake != null) {
        return mistake;
      }
      operands.add(part.strip());
      start += part.length() + 1;
    }
    String result = text.substring(arrow + 2);
    EinsumText mistake = checked(result, arrow + 2, "the result");
    if (mistake != null) {
      return mistake;
    }
    if (operands.size() != operandCount) {
      return wrong(
          "the text has letters for %d operands, but %d follow"
              .formatted(operands.size(), operandCount),
          null,
          0,
          text.length());
    }
    return ofResult(operands, result, arrow + 2);
  }

  private static EinsumText ofResult(List<String> operands, String text, int start) {
    String result = text.strip();
    int first = start + text.indexOf(result);
    for (int i = 0; i < result.length(); i++) {
      char letter = result.charAt(i);
      if (operands.stream().noneMatch(operand -> operand.indexOf(letter) >= 0)) {
        return wrong(
            "no operand has the letter '" + letter + "' of the result", null, first + i, 1);
      }
    }
    if (result.length() == 2 && result.charAt(0) == result.charAt(1)) {
      return wrong(
          "the result has '" + result.charAt(0) + "' twice",
          "diag(x) makes a diagonal matrix of a column",
          first,
          2);
    }
    return new EinsumText(List.copyOf(operands), result, null, null, 0, 0);
  }

  /** The mistake in the letters of one value, or null. */
  private static EinsumText checked(String part, int start, String what) {
    String letters = part.strip();
    int first = start + part.indexOf(letters);
    for (int i = 0; i < letters.length(); i++) {
      if (!Character.isLetter(letters.charAt(i))) {
        return wrong(
            "'" + letters.charAt(i) + "' is no letter of " + what,
            "write \"ij,jk->ik\": a letter for each dimension, commas between operands",
            first + i,
            1);
      }
    }
    return letters.length() <= 2
        ? null
        : wrong(
            what + " has at most two dimensions, but '" + letters + "' are " + letters.length(),
            null,
            first,
            letters.length());
  }

  private static EinsumText wrong(String error, String hint, int at, int length) {
    return new EinsumText(List.of(), "", error, hint, at, length);
  }
}
