package dev.reprise.formats.parquet;

import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;

/**
 * Stands where the parquet library wants to be told how records are built; cells are taken from its
 * columns instead, and no record is ever built.
 */
final class NoRecords extends GroupConverter {
  private final Converter[] fields;

  NoRecords(MessageType schema) {
    this.fields = new Converter[schema.getFieldCount()];
    for (int c = 0; c < fields.length; c++) {
      fields[c] = new PrimitiveConverter() {};
    }
  }

  @Override
  public Converter getConverter(int field) {
    return fields[field];
  }

  @Override
  public void start() {}

  @Override
  public void end() {}
}
