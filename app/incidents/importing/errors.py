"""What can make an import impossible, by name; a single bad row only goes to the rejects."""

from collections.abc import Sequence

from app.problems import AppError


class UnusableMapping(AppError):
    """The mapping can't be read as one; `errors` names every key that is wrong."""

    slug, status = "unusable-mapping", 422
    title = ("映射文件无法使用", "The mapping can't be used")

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__(errors=[{"pointer": key, "detail": why} for key, why in errors])


class UnusableFile(AppError):
    """The file can't be read as the mapping says."""

    slug, status = "unusable-file", 422
    title = ("数据文件无法使用", "The file can't be used")


class NoHeader(UnusableFile):
    """The first line names no columns."""

    detail = ("{path} 没有表头", "{path} has no header row")


class DoubleColumns(UnusableFile):
    """Two columns have one name, so that nobody can say which is meant."""

    detail = ("重复的列：{columns}", "Columns appear twice: {columns}")


class MissingColumns(UnusableFile):
    """The mapping names columns that the file doesn't have: all of them, at once."""

    detail = (
        "映射文件用到而数据文件没有的列：{missing}；文件中的列：{columns}",
        "The mapping uses columns that the file doesn't have: {missing}. It has: {columns}",
    )


class WrongEncoding(UnusableFile):
    """The bytes are not text in the encoding that the mapping names."""

    detail = (
        "{path} 的编码不是 {encoding}（字节 0x{byte}）；请在映射文件的 [file] 中指明 encoding",
        "{path} is not in the encoding {encoding} (a byte 0x{byte}); name the right one in the "
        'mapping, for example encoding = "gb18030" under [file]',
    )


class BrokenCsv(UnusableFile):
    """The fields can't be told apart."""

    detail = (
        "{path} 不是有效的 CSV：{why}；是否缺少右引号？",
        "{path} is not CSV: {why}; is a closing quote missing?",
    )


class BrokenGzip(UnusableFile):
    """The file was cut off, or is not gzip at all."""

    detail = ("{path} 不是完整的 gzip 文件：{why}", "{path} is not a whole gzip file: {why}")


class RejectsOverFile(UnusableFile):
    """The rejects would be written over the file that is being read."""

    detail = (
        "拒收文件不能覆盖 {path}；请用 --rejects 指定其他文件",
        "The rejects can't be written over {path}; name another file with --rejects",
    )


class RejectsNotWritable(UnusableFile):
    """There are rejects, and the file for them can't be made."""

    detail = (
        "无法写入拒收文件 {path}（{why}）；请用 --rejects 指定其他位置",
        "Rejects can't be written to {path} ({why}); name another file with --rejects",
    )


class UnknownReporter(AppError):
    """No active account has this name."""

    slug, status = "unknown-reporter", 422
    title = ("没有这个账号", "There is no such account")
    detail = ("账号「{username}」不存在或已停用", "No active account is named '{username}'")


class RowRefused(ValueError):
    """One row can't become a case; it says every reason, and the import goes on."""
