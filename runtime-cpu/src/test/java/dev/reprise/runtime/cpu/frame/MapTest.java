package dev.reprise.runtime.cpu.frame;

import static dev.reprise.runtime.cpu.frame.Frames.run;
import static dev.reprise.runtime.cpu.frame.Frames.showCells;
import static dev.reprise.runtime.cpu.frame.Frames.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Scalar;
import org.junit.jupiter.api.Test;

class MapTest {
  private static String mapped(String lambda, String cell) {
    return ((Frame) run("map", Frames.texts("c", cell), text(lambda))).strings(0)[0];
  }

  @Test
  void operatorsAreThoseOfJava() {
    assertThat(mapped("x -> 1 + 2 + x + 1 + 2", "a")).isEqualTo("3a12");
    assertThat(mapped("x -> 7 / 2", "a")).isEqualTo("3");
    assertThat(mapped("x -> 10 / 4 * 2.5", "a")).isEqualTo("5.0");
    assertThat(mapped("x -> x.charAt(0) + 1", "a")).isEqualTo("98");
    assertThat(mapped("x -> !x.isEmpty() && x.length() % 2 == 0 ? \"even\" : \"odd\"", "ab"))
        .isEqualTo("even");
    assertThat(mapped("x -> (int) (7 / 2.0)", "a")).isEqualTo("3");
    assertThat(mapped("x -> -x.length()", "abc")).isEqualTo("-3");
  }

  @Test
  void methodsOfTextsAndNumbersAreKnown() {
    assertThat(mapped("y->y.trim().toUpperCase().replaceAll(\"[A-C]\", \"*\")", "xabcd "))
        .isEqualTo("X***D");
    assertThat(mapped("x -> x.split(\"-\")[1]", "a-b-c")).isEqualTo("b");
    assertThat(mapped("x -> x.split(\"-\").length", "a-b-c")).isEqualTo("3");
    assertThat(mapped("x -> Integer.parseInt(x) + 1", "41")).isEqualTo("42");
    assertThat(mapped("x -> Math.max(1, 2.5)", "a")).isEqualTo("2.5");
    assertThat(mapped("x -> UtilFunctions.toMillis(x)", "1980-01-01")).isEqualTo("315532800000");
    assertThat(
            mapped(
                "x -> UtilFunctions.dateFormat(x, \"dd.MM.yyyy\", \"yyyy-MM-dd\")", "29.02.2020"))
        .isEqualTo("2020-02-29");
  }

  @Test
  void aLambdaOfTwoCellsComparesAllRows() {
    Frame names = Frames.texts("c", "kitten", "sitting", "cc");
    assertThat(showCells(run("map", names, text("(x, y) -> UtilFunctions.jaccardSim(x, y)"))))
        .isEqualTo("0.0 0.42857142857142855 0.0\n0.0 0.0 0.0\n0.0 0.0 0.0\n");
  }

  @Test
  void textsAreComparedLetterByLetterAndWordByWord() {
    Frame names = Frames.texts("c", "kitten", "sitting", "kitten");
    assertThat(showCells(run("map", names, text("(x, y) -> UtilFunctions.editDistance(x, y)"))))
        .isEqualTo("0.0 3 0\n0.0 0.0 3\n0.0 0.0 0.0\n");
    Frame sentences =
        Frames.texts("a,b", "hello world,hello there my world", "a b c d, d  c b a ", "a,", "x,x");
    assertThat(
            showCells(
                run("map", sentences, text("x -> UtilFunctions.wordErrorRates(x)"), Scalar.of(1L))))
        .isEqualTo("0.0 0.5\n0.0 1.0\n0.0 1.0\n0.0 0.0\n");
    assertThat(
            showCells(
                run(
                    "map",
                    Frames.texts("a,b,c", "ab,,b", ",xyz,\uD83D\uDE00"),
                    text("x -> UtilFunctions.editDistances(x)"),
                    Scalar.of(1L))))
        .isEqualTo("0.0 2.0 1.0\n0.0 3.0 1.0\n");
    assertThatThrownBy(() -> mapped("x -> UtilFunctions.wordErrorRates(x)", "a"))
        .hasMessageContaining("an array of texts is due");
  }

  @Test
  void mistakesOfLambdasNameTheLambda() {
    assertThatThrownBy(() -> mapped("x.length()", "a")).hasMessageContaining("x -> x.length()");
    assertThatThrownBy(() -> mapped("x -> x.size()", "a"))
        .hasMessageContaining("'size'")
        .hasMessageContaining("toUpperCase");
    assertThatThrownBy(() -> mapped("x -> x.length(", "a")).hasMessageContaining("the end");
    assertThatThrownBy(() -> mapped("x -> x.substring(5)", "abc"))
        .hasMessageContaining("fails for \"abc\"");
    assertThatThrownBy(() -> run("map", Frames.texts("a,b", "1,2"), text("x -> 1"), Scalar.of(1L)))
        .hasMessageContaining("margin");
  }

  @Test
  void anArrayIsNoText() {
    // Java's text of an array names the object: another one in each run.
    for (String lambda :
        new String[] {
          "x -> x.split(\"-\")",
          "x -> x.split(\"-\") + \"\"",
          "x -> x.split(\"-\").hashCode()",
          "x -> x.split(\"-\").toString()",
          "x -> String.valueOf(x.split(\"-\"))"
        }) {
      assertThatThrownBy(() -> mapped(lambda, "a-b")).hasMessageContaining("array");
    }
  }
}
