package dev.reprise.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a Java program gets that compiles a script with mistakes. */
class CompileExceptionTest {
  /**
   * Without a trace, Java's launcher of single source files ends in a mistake of its own and shows
   * no message.
   */
  @Test
  void traceLeadsToTheCallThatFailed() {
    assertThat(new CompileException(List.of()).getStackTrace()[0].getClassName())
        .isEqualTo(CompileExceptionTest.class.getName());
  }
}
