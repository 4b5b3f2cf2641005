package dev.reprise.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A settings file of Apache SystemDS: {@code <root><sysds.name>value</sysds.name>...</root>}.
 *
 * @param threads 1 when the file turns parallel operations off
 * @param unknown the settings without a meaning here, in the file's order
 */
record DmlConfig(OptionalInt threads, List<String> unknown) {

  /**
   * @throws UsageException when the file is missing or no XML
   */
  static DmlConfig read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      return settings(factory.createXMLStreamReader(in));
    } catch (NoSuchFileException e) {
      throw new UsageException("-config: file not found: " + file);
    } catch (IOException e) {
      throw new UsageException("-config: cannot read " + file + ": " + e.getMessage());
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
      throw new UsageException("-config: " + file + " is not well-formed XML, line " + line);
    }
  }

  private static DmlConfig settings(XMLStreamReader reader) throws XMLStreamException {
    OptionalInt threads = OptionalInt.empty();
    List<String> unknown = new ArrayList<>();
    int depth = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamReader.START_ELEMENT -> {
          String name = reader.getLocalName();
          if (++depth == 2 && name.equals("sysds.cp.parallel.ops")) {
            boolean parallel = reader.getElementText().strip().equalsIgnoreCase("true");
            threads = parallel ? threads : OptionalInt.of(1);
            depth--;
          } else if (depth == 2) {
            unknown.add(name);
          }
        }
        case XMLStreamReader.END_ELEMENT -> depth--;
        default -> {}
      }
    }
    return new DmlConfig(threads, List.copyOf(unknown));
  }
}
