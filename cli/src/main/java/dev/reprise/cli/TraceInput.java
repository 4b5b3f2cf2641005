package dev.reprise.cli;

import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads lineage files that a person names. */
final class TraceInput {
  private TraceInput() {}

  /**
   * @throws UsageException when there is no such file or it cannot be read
   * @throws OperandException when it is no complete trace, with line and reason
   */
  static Trace read(Path file) {
    try (Reader in = Files.newBufferedReader(file)) {
      return TraceReader.read(in, OperationTable.standard());
    } catch (NoSuchFileException e) {
      throw new UsageException("lineage file not found: " + file);
    } catch (CharacterCodingException e) {
      throw new UsageException(file + " is no text in UTF-8");
    } catch (IOException e) {
      throw new UsageException("cannot read " + file + ": " + Failures.reason(e));
    } catch (TraceFormatException e) {
      throw new OperandException(file + ": " + e.getMessage());
    }
  }
}
