package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.io.StringReader;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReaderErrorTest {

  private static TraceFormatException mistakeIn(String text) {
    return catchThrowableOfType(
        TraceFormatException.class,
        () -> TraceReader.read(new StringReader(text), OperationTable.standard()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "%1 = literal integer 3 | 4 | the trace ends without its 'return' line",
        "%2 = literal integer 3 | 3 | expected %1",
        "%1 = fly %1 | 3 | no operation 'fly'",
        "%1 = tsmm %1 | 3 | %1 is not defined in a line above",
        "%1 = tsmm | 3 | 'tsmm' takes 1 input, but has 0",
        "%1 = literal integer 1;%2 = tsmm %1 %1 | 4 | 'tsmm' takes 1 input, but has 2",
        "%1 = literal integer 1;%2 = rand %1 %1 | 4 | 'rand' takes 8 inputs, but has 2",
        "%1 = literal integer 1;%2 = read{a=1} %1 | 4 | 'read' takes no inputs, but has 1",
        "%1 = literal integer 3.5 | 3 | '3.5' is not of type integer",
        "%1 = literal boolean yes | 3 | 'yes' is not of type boolean",
        "%1 = literal colour red | 3 | no literals of type 'colour'",
        "%1 = literal integer | 3 | expected a value of type integer",
        "%1 = literal string red | 3 | expected a text in quotes",
        "%1 = literal integer 1 2 | 3 | expected the end of the line, but found '2'",
        "%1 = literal string \"red | 3 | does not end on its line",
        "%1 = literal string \"\\x\" | 3 | after a backslash",
        "%1 = literal string \"\\u12\" | 3 | four hexadecimal digits",
        "%1 literal integer 3 | 3 | expected '='",
        "%1 = read{fingerprint} | 3 | expected '='",
        "%1 = read{fingerprint=a | 3 | expected '}'",
        "%1 = read{a=1, a=2} | 3 | the attribute 'a' stands twice",
        "%1 = read{a=1} @ X | 3 | in quotes",
        "%1 = seq @ \"X\" | 3 | has a note",
        "%99999999999 = seq | 3 | expected an item such as %1",
        "%0 = seq | 3 | expected an item such as %1",
        "%1 = literal integer 1;return | 4 | expected an output",
        "%1 = literal integer 1;return %2 | 4 | %2 is not defined",
        "%1 = literal integer 1;return a = %1, a = %1 | 4 | the output 'a' stands twice",
        "%1 = literal integer 1;return %1;%2 = literal integer 1 | 5 | nothing after the 'return'",
        "%1 = literal integer 1;finish %1 | 4 | expected an item or 'return', but found 'finish'",
      })
  void mistakesAreReportedWithTheirLine(String body, int line, String reason) {
    TraceFormatException mistake =
        mistakeIn("# a trace\nreprise-lineage 1\n" + body.replace(';', '\n') + "\n");
    assertThat(mistake).hasMessageContaining(reason).hasMessageStartingWith("line " + line);
    assertThat(mistake.line()).isEqualTo(line);
    assertThat(mistake.column()).isPositive();
  }

  @Test
  void theColumnPointsAtTheMistake() {
    assertThat(mistakeIn("reprise-lineage 1\n%1 = literal integer x1\n").column()).isEqualTo(22);
    assertThat(mistakeIn("reprise-lineage 1\n%1 = fly\n").column()).isEqualTo(6);
  }

  @Test
  void anotherFileIsNoTrace() {
    assertThat(mistakeIn("")).hasMessageContaining("the text is empty");
    assertThat(mistakeIn("a,b,c\n1,2,3\n")).hasMessageContaining("the header 'reprise-lineage 1'");
    assertThat(mistakeIn("read,b,c\n")).hasMessageContaining("no lineage trace");
    assertThat(mistakeIn("reprise-lineage 9\n"))
        .hasMessageContaining("format version 9, this program reads versions 1 and 2");
  }

  @Test
  void damagedTextIsAFormatErrorOrAnotherTraceNeverACrash() throws IOException {
    StringBuilder text = new StringBuilder();
    TraceWriter.write(Trace.of(new RandomTraces(7).next(60)), text);
    Random random = new Random(8);
    for (int trial = 0; trial < 5000; trial++) {
      StringBuilder damaged = new StringBuilder(text);
      for (int i = random.nextInt(3); i >= 0; i--) {
        int position = random.nextInt(damaged.length());
        switch (random.nextInt(3)) {
          case 0 -> damaged.setCharAt(position, (char) random.nextInt(128));
          case 1 -> damaged.deleteCharAt(position);
          default -> damaged.setLength(Math.max(1, position));
        }
      }
      try {
        assertThat(TraceReader.read(new StringReader(damaged.toString()), RandomTraces.TABLE))
            .isNotNull();
      } catch (TraceFormatException expected) {
        assertThat(expected.line()).as("trial %d", trial).isPositive();
      }
    }
  }
}
