"""What can go wrong with evidence files, by name."""

from collections.abc import Mapping
from typing import ClassVar

from app.problems import AppError, FieldProblem, constraint


class UnsupportedMedia(FieldProblem):
    """The content is of no kind that is taken, whatever the file is called."""

    slug, status = "unsupported-media", 415
    title = ("不支持的文件类型", "This kind of file is not taken")
    detail = (
        "「{file}」的内容是 {seen}；可上传：{taken}",
        "'{file}' holds {seen}; taken are: {taken}",
    )


class UnreadableMedia(FieldProblem):
    """The kind is taken, but this file is damaged."""

    slug = "unreadable-media"
    title = ("文件已损坏，无法读取", "The file is damaged")
    detail = (
        "「{file}」无法完整读取，请重新拍摄或重新上传（{reason}）",
        "'{file}' can't be read to its end; take it or send it again ({reason})",
    )


class MediaTooLarge(FieldProblem):
    """One file has more bytes than its kind may have."""

    slug, status = "media-too-large", 413
    title = ("文件过大", "The file is too large")
    detail = (
        "「{file}」有 {size_bytes} 字节，该类文件最多 {limit_bytes} 字节，请压缩后上传",
        "'{file}' has {size_bytes} bytes; at most {limit_bytes} are taken of its kind: shrink it",
    )


class TooManyPixels(FieldProblem):
    """Unpacked, the image would fill the memory."""

    slug = "too-many-pixels"
    title = ("图片像素过多", "The image has too many pixels")
    detail = (
        "「{file}」为 {width}×{height} 像素，最多 {limit_pixels} 像素，请缩小后上传",
        "'{file}' is {width}×{height}; at most {limit_pixels} pixels are taken: scale it down",
    )


class MediaIdReused(FieldProblem):
    """A client-made id came again with another file, case or stage."""

    slug = "media-id-reused"
    title = ("文件编号已用于其他文件", "The id belongs to another file")
    detail = (
        "重发时文件、案件、阶段都须与首次相同；新文件请换新的编号",
        "Send the same file for the same case and stage again, or take a new id for a new file",
    )


class VariantPending(AppError):
    """The worker has not made this variant yet."""

    slug, status = "variant-pending", 409
    title = ("图片正在生成", "The image is being made")
    detail = ("请稍后再取", "Ask again shortly")
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "2"}


class VariantFailed(AppError):
    """The variant could not be made from this file."""

    slug, status = "variant-failed", 409
    title = ("图片生成失败", "The image could not be made")
    detail = (
        "{reason}；有权限者可查看 original",
        "{reason}; those who may see it find the file as it came at `original`",
    )


class StoreUnavailable(AppError):
    """The store of files does not answer."""

    slug, status = "store-unavailable", 503
    title = ("文件存储暂不可用", "The store of files is not available just now")
    detail = ("请稍后用同一请求重试", "Send the same request again shortly")
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}


class FileLost(AppError):
    """The database knows a file that the store does not hold: somebody removed it there."""

    slug, status = "file-lost", 500
    title = ("存储中缺少该文件", "The store does not hold this file")
    detail = (
        "请管理员从备份恢复：{key}",
        "Ask an administrator to restore it from a backup: {key}",
    )


constraint("pk_media", MediaIdReused("/ids"))
